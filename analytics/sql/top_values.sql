-- The values of a dimension with the most scans, and beside each of them the scans and the number of all values.
SELECT value, scans, SUM(scans) OVER (), COUNT(*) OVER ()
FROM (SELECT {value} AS value, SUM({scans}) AS scans FROM {rows} GROUP BY {value}) sums
WHERE scans > 0
ORDER BY scans DESC, value
LIMIT %s
