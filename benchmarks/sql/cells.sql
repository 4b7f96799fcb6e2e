-- Scans of links by Zipf's law over days, as cells: so many scans that are alike in everything. The same numbers give
-- the same cells. A link's days share its scans evenly; a day of a link has at most twelve cells.
CREATE UNLOGGED TABLE bench_cell AS
SELECT link, day, n / k + (c < n % k)::int AS n,
       day::timestamp AT TIME ZONE 'UTC' + (h % 96) * interval '15 minutes' AS start,
       CASE WHEN (h >> 8) % 10 = 0 THEN 3 ELSE 0 END AS class,
       CASE WHEN (h >> 12) % 20 > 0 THEN 100000 + floor(60 * power((h >> 16) % 1000 / 1000.0, 3))::int END AS country,
       CASE WHEN (h >> 12) % 20 > 4 THEN 200000 + floor(300 * power((h >> 16) % 1000 / 1000.0, 3))::int END AS region,
       CASE WHEN (h >> 12) % 20 > 4 THEN 300000 + floor(2000 * power((h >> 16) % 1000 / 1000.0, 3))::int END AS city,
       400000 + (h >> 20) % 3 AS device, 500000 + (h >> 22) % 6 AS os, 600000 + (h >> 24) % 10 AS browser,
       700000 + (h >> 28) % 30 AS language,
       CASE WHEN (h >> 32) % 10 = 0 THEN 800000 + (h >> 36) % 50 END AS referrer,
       1000000 + link AS destination, 1100000 + ((h >> 40) % 20 = 0)::int AS outcome,
       CASE WHEN link <= {links} / 10 THEN 1 + link % 10 ELSE 0 END AS campaign
FROM (
    SELECT link, '{first}'::date + d AS day, d, least(n, 12) AS k, n
    FROM (
        SELECT link, d, (floor(rate * (d + 1) + shift) - floor(rate * d + shift))::bigint AS n
        FROM (
            SELECT link, {scans} / ({days} * {harmonic} * link) AS rate,
                   (hashint8extended(link, 7) & 1023) / 1024.0 AS shift
            FROM generate_series(1, {links}) link
        ) rates, generate_series(0, {days} - 1) d
    ) counted WHERE n > 0
) days
CROSS JOIN LATERAL generate_series(0, k - 1) c
CROSS JOIN LATERAL (SELECT hashint8extended(link * 1000003::bigint + d * 1009 + c, 0) & 9223372036854775807 AS h) hashed
