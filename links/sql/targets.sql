-- What a scan needs to know of a code, in the order of links/targets.py. Where and how many is added there.
SELECT code.id, link.id, link.workspace_id, code.domain_id, link.revision, link.destination, link.title,
       workspace.timezone, link.is_paused, link.deleted_at, link.verdict, link.expires_at, code.canonical
FROM links_code AS code
JOIN links_link AS link ON link.id = code.link_id
JOIN accounts_workspace AS workspace ON workspace.id = link.workspace_id
