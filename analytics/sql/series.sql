-- Sums of quarter hours per point of a series. The rows of points are (number, start, end, quarter, quarters), a
-- placeholder each: neighbouring points that last so many quarters of an hour, the first of them with its number and its
-- quarter since the epoch. A stretch is one range of the primary key, so what is read grows with quarter hours, never
-- with scans. The join is LATERAL where a plan would otherwise compare every quarter with every stretch (PostgreSQL:
-- 37 s for 80 days by the hour when each hour had a row of its own).
WITH points (number, starts, ends, quarter, quarters) AS (VALUES {points})
SELECT points.number + ({quarter} - points.quarter) / points.quarters,
       CAST(SUM(q.human) AS bigint), CAST(SUM(q.preview) AS bigint), CAST(SUM(q.prefetch) AS bigint),
       CAST(SUM(q.bot) AS bigint), CAST(SUM(q.scanner) AS bigint), CAST(SUM(q.internal) AS bigint),
       CAST(SUM(q.head) AS bigint)
FROM points
{each}
GROUP BY 1
