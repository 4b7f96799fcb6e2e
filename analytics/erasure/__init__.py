"""Erasing scans: of a workspace or one of its links, over whole local days, for good.

The row comes first (requests), ingestion drops what falls into it (honouring), a job removes what was stored before
(job) and takes it out of the numbers (numbers).
"""
