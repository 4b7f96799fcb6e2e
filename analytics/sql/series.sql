-- Sums of quarter hours per point of a series. The rows of points are (number, start, end), a placeholder each: every
-- point is one range of the primary key, so what is read grows with quarter hours, never with scans. The join is LATERAL
-- where a plan would otherwise compare every quarter with every point (PostgreSQL: 37 s for 80 days by the hour).
WITH points (number, starts, ends) AS (VALUES {points})
SELECT points.number,
       SUM(q.human), SUM(q.preview), SUM(q.prefetch), SUM(q.bot), SUM(q.scanner), SUM(q.internal), SUM(q.head)
FROM points
{each}
GROUP BY points.number
