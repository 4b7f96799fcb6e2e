-- Of every dimension the values with the most scans, and beside each of them the scans and the number of all its values.
-- The rows of a sub-select have a dimension, a value and a number of scans (n).
SELECT dimension, value, scans, of_all, number
FROM (
    SELECT dimension, value, scans,
           SUM(scans) OVER (PARTITION BY dimension) AS of_all,
           COUNT(*) OVER (PARTITION BY dimension) AS number,
           ROW_NUMBER() OVER (PARTITION BY dimension ORDER BY scans DESC, value) AS place
    FROM (SELECT dimension, value, SUM(n) AS scans FROM {rows} GROUP BY dimension, value) sums
    WHERE scans > 0
) ranked
WHERE place <= CASE dimension {limits} END
ORDER BY dimension, place
