-- Sums of quarter hours per point of a series. The rows of points are (number, start, end), a placeholder each: every
-- point is one range of the primary key, so what is read grows with quarter hours, never with scans.
WITH points (number, starts, ends) AS (VALUES {points})
SELECT points.number,
       SUM(q.human), SUM(q.preview), SUM(q.prefetch), SUM(q.bot), SUM(q.scanner), SUM(q.internal), SUM(q.head)
FROM points
JOIN analytics_quarterhour q
  ON q.scope = %s AND q.scope_id IN ({ids}) AND q.start >= points.starts AND q.start < points.ends
GROUP BY points.number
