"""Pictures of many codes as one ZIP with an index, made as a job."""
