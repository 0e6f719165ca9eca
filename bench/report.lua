-- wrk: each request is a new report: a body of the file, and a client id (UUID, version 4) that never came before.
local bodies, place, refused = {}, 0, 0

local threads = 1
function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(arguments)
   math.randomseed(os.time() * 1000 + number)
   for line in io.lines(arguments[1]) do bodies[#bodies + 1] = line end
   place = math.random(#bodies)
end

local function key()
   local shape = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx"
   return (shape:gsub("[xy]", function(letter)
      return string.format("%x", letter == "x" and math.random(0, 15) or math.random(8, 11))
   end))
end

function request()
   place = place % #bodies + 1
   local headers = { ["Content-Type"] = "application/json", ["Idempotency-Key"] = key() }
   return wrk.format("POST", nil, headers, bodies[place])
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\nRESULT {"requests": %d, "microseconds": %d, "refused": %d, "broken": %d, "p50": %d, "p95": %d, "p99": %d}\n',
      summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
