-- Raw scans of the busiest link, the newest ones, with what a scan usually holds.
INSERT INTO bench_visit (
    event_id, at, local_date, workspace_id, domain_id, campaign_id, link_id, code_id, revision, outcome, destination,
    scan_class, class_reason, rules_version, method, purpose, address, visitor, country, region, city, device, brand, os,
    browser, app, user_agent, language, referrer
)
SELECT gen_random_uuid(), start + number * interval '1 second', day, 1, 1, campaign, link, link, 1, 'redirected',
       'https://example.com/' || link, CASE class WHEN 0 THEN 'human' ELSE 'bot' END, 'browser', '1', 'GET', '',
       '203.0.113.0', md5(number::text), 'DE', 'Berlin', 'Berlin', 'smartphone', 'Apple', 'iOS', 'Mobile Safari', '',
       'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5',
       'de-de', ''
FROM bench_cell, LATERAL generate_series(1, n) number
WHERE link = 1
ORDER BY day DESC, start
LIMIT {most}
