-- Sends the requests of a file one after the other, as fast as answers come, and prints what came of it as JSON.
-- wrk … -s load.lua http://HOST:PORT -- REQUESTS_FILE

local requests, last = {}, 0

function init(args)
  -- Whole requests, made beforehand: the load generator is to wait for the server, not the other way round.
  local file = assert(io.open(args[1], "rb"))
  for request in file:read("*a"):gmatch(".-\r\n\r\n") do
    requests[#requests + 1] = request
  end
  file:close()
  last = tonumber(args[2] or 0) % #requests
end

function request()
  last = last < #requests and last + 1 or 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"answered": %d, "microseconds": %d, "errors": %d, "refused": %d, "p50": %d, "p99": %d}',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout,
    errors.status, latency:percentile(50), latency:percentile(99)
  ))
end
