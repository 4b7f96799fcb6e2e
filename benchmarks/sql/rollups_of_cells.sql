-- The rollups that ingestion would have written for the scans in the cells, oldest first. Statements end with ;;
INSERT INTO analytics_quarterhour (scope, scope_id, start, human, preview, prefetch, bot, scanner, internal, head)
SELECT scope, scope_id, start, coalesce(sum(n) FILTER (WHERE class = 0), 0), 0, 0,
       coalesce(sum(n) FILTER (WHERE class = 3), 0), 0, 0, 0
FROM bench_cell, LATERAL (VALUES (1, link), (2, link), (3, 1), (4, campaign)) scopes (scope, scope_id)
WHERE scope_id > 0 GROUP BY scope, scope_id, start ORDER BY start, scope, scope_id
;;
INSERT INTO analytics_localday (scope, scope_id, date, human, bot, visitors)
SELECT scope, scope_id, day, coalesce(sum(n) FILTER (WHERE class = 0), 0), coalesce(sum(n) FILTER (WHERE class = 3), 0),
       coalesce(sum(n) FILTER (WHERE class = 0), 0)
FROM bench_cell, LATERAL (VALUES (1, link), (2, link), (3, 1), (4, campaign)) scopes (scope, scope_id)
WHERE scope_id > 0 GROUP BY scope, scope_id, day ORDER BY day, scope, scope_id
;;
INSERT INTO analytics_breakdown (scope, scope_id, dimension, scan_class, date, value, n)
SELECT scope, scope_id, dimension, class, day, value, sum(n)
FROM bench_cell,
     LATERAL (VALUES (2, link), (3, 1)) scopes (scope, scope_id),
     LATERAL (VALUES (1, country), (2, region), (3, city), (4, device), (5, os), (6, browser), (7, language),
                     (8, referrer), (10, destination), (11, outcome)) dimensions (dimension, value)
WHERE value IS NOT NULL AND (scope = 3 OR link % {thin} = 0)
GROUP BY scope, scope_id, dimension, class, day, value ORDER BY day, scope, scope_id, dimension, class, value
;;
INSERT INTO analytics_breakdown (scope, scope_id, dimension, scan_class, date, value, n)
SELECT 3, 1, dimension, class, day, value, sum(n)
FROM bench_cell, LATERAL (VALUES (9, link), (12, link), (13, campaign)) dimensions (dimension, value)
WHERE value > 0 GROUP BY dimension, class, day, value ORDER BY day, dimension, class, value
;;
INSERT INTO links_linkcounter (link_id, human, other, last_scan_at)
SELECT link, coalesce(sum(n) FILTER (WHERE class = 0), 0), coalesce(sum(n) FILTER (WHERE class = 3), 0), max(start)
FROM bench_cell GROUP BY link
