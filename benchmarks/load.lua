-- Asks for a random one of the paths in a file, as an iPhone's camera does, and prints what came of it as JSON.
-- wrk … -s load.lua http://HOST:PORT -- PATHS_FILE

local requests = {}

wrk.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
  .. "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
wrk.headers["Accept-Language"] = "de-DE,de;q=0.9"

function init(args)
  math.randomseed(os.time())
  -- Formatted once: the load generator is to wait for the server, not the other way round.
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"answered": %d, "microseconds": %d, "errors": %d, "refused": %d, "p50": %d, "p99": %d}',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout,
    errors.status, latency:percentile(50), latency:percentile(99)
  ))
end
