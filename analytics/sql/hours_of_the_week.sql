-- Scans by the hour of the week (Monday's first is 0) on a local clock. The rows of stretches are (start, end, shift):
-- a stretch of one offset, and how many quarters of an hour the local week is ahead of the epoch's, a Thursday.
WITH points (starts, ends, shift) AS (VALUES {points})
SELECT ({quarter} + points.shift) %% 672 / 4, CAST(SUM({scans}) AS bigint)
FROM points
{each}
GROUP BY 1
