-- What a scan needs to know of a code, as links/targets.py reads it: eight columns as they are in Target, twelve to
-- be worked out, the code. Which rows is added there.
SELECT code.id, link.id, link.workspace_id, code.domain_id, link.campaign_id, link.revision, link.destination,
       link.title, workspace.timezone, link.is_paused, link.deleted_at, link.verdict, link.expires_at,
       code.counts_only, workspace.honours_privacy_signals, workspace.internal_networks, link.rules, link.hosted,
       workspace.coming_timezone, workspace.timezone_changes_at,
       code.canonical
FROM links_code AS code
JOIN links_link AS link ON link.id = code.link_id
JOIN accounts_workspace AS workspace ON workspace.id = link.workspace_id
