-- Raw scans per point of a series and class: {points} are (number, start, end), {scans} the scans that match.
WITH points (number, starts, ends) AS (VALUES {points})
SELECT points.number, s.scan_class, COUNT(*)
FROM points
JOIN ({scans}) s ON s.at >= points.starts AND s.at < points.ends
GROUP BY points.number, s.scan_class
