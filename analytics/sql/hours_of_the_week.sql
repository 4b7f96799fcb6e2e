-- Scans by the hour of the week (Monday's first is 0) on a local clock. The rows of stretches are (start, end, shift):
-- a stretch of one offset, and how many quarters of an hour the local week is ahead of the epoch's, a Thursday.
WITH stretches (starts, ends, shift) AS (VALUES {stretches})
SELECT ({quarter} + stretches.shift) %% 672 / 4, SUM({scans})
FROM stretches
JOIN analytics_quarterhour q
  ON q.scope = %s AND q.scope_id IN ({ids}) AND q.start >= stretches.starts AND q.start < stretches.ends
GROUP BY 1
