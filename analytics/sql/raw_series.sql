-- Raw scans that match, per point of a series and class. The rows of points are (number, start, end), a placeholder each.
WITH points (number, starts, ends) AS (VALUES {points})
SELECT points.number, s.scan_class, COUNT(*)
FROM points
JOIN ({scans}) s ON s.at >= points.starts AND s.at < points.ends
GROUP BY points.number, s.scan_class
