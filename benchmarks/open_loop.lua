-- Open-loop load: requests leave at times drawn beforehand (a Poisson stream), however slowly answers come.
-- luajit open_loop.lua PORT REQUESTS_FILE PER_SECOND SECONDS CONNECTIONS
--
-- Latency counts from the moment a request was *due*: one that waited for a free connection, or for this generator,
-- has waited. Closed-loop tools (wrk) stop asking while a server stalls, and so never see the stall. Nothing in Debian
-- does this at 30,000 a second on one core: hey reaches half of that, h2load sends in bursts of ten milliseconds.

local ffi = require("ffi")
ffi.cdef([[
  struct timespec { long tv_sec; long tv_nsec; };
  struct sockaddr_in { uint16_t family; uint16_t port; uint32_t address; uint8_t zero[8]; };
  struct __attribute__((packed)) epoll_event { uint32_t events; uint64_t data; };
  struct pollfd { int fd; short events; short revents; };
  int clock_gettime(int, struct timespec *);
  int socket(int, int, int);
  int close(int);
  int connect(int, const struct sockaddr_in *, unsigned);
  int setsockopt(int, int, int, const void *, unsigned);
  int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long);
  int epoll_create1(int);
  int epoll_ctl(int, int, int, struct epoll_event *);
  int epoll_wait(int, struct epoll_event *, int, int);
  int ppoll(struct pollfd *, unsigned long, const struct timespec *, const void *);
  long send(int, const void *, size_t, int);
  long recv(int, void *, size_t, int);
  char *strstr(const char *, const char *);
  char *strcasestr(const char *, const char *);
  int atoi(const char *);
  uint16_t htons(uint16_t);
  uint32_t htonl(uint32_t);
]])
local C = ffi.C

local SOL_TCP, TCP_NODELAY, EPOLL_ADD, EPOLLIN, PR_SET_TIMERSLACK = 6, 1, 1, 1, 29
local BUFFER = 65536
local IDLE = -1
local WARM_UP = 0.2 -- seconds at the start that are asked but not measured
local GIVE_UP = 5 -- seconds after the last request was due
local LONGEST = 2000000 -- microseconds; whatever takes longer is counted as this

local port, requests_file = tonumber(arg[1]), arg[2]
local rate, seconds, n_connections = tonumber(arg[3]), tonumber(arg[4]), tonumber(arg[5])

local clock = ffi.new("struct timespec")
local function now()
  C.clock_gettime(1, clock)
  return tonumber(clock.tv_sec) + tonumber(clock.tv_nsec) * 1e-9
end

-- Requests lie in one buffer, outside Lua's heap: a garbage collector that walks them would be measured, too.
local file = assert(io.open(requests_file, "rb"))
local text = file:read("*a")
file:close()
local blob = ffi.new("char[?]", #text)
ffi.copy(blob, text, #text)
local starts = {}
local at = 1
while at <= #text do
  starts[#starts + 1] = at - 1
  at = assert(select(2, text:find("\r\n\r\n", at, true)), "an unfinished request") + 1
end
local n_requests = #starts
starts[n_requests + 1] = #text
local start_of = ffi.new("int[?]", n_requests + 1, starts)
text, starts = nil, nil

math.randomseed(os.time())
local due = {}
local moment = 0
while moment < WARM_UP + seconds do
  due[#due + 1] = moment
  moment = moment - math.log(1 - math.random()) / rate
end
local n_due = #due
local due_at = ffi.new("double[?]", n_due, due)
due = nil

local address = ffi.new("struct sockaddr_in", { 2, C.htons(port), C.htonl(0x7F000001) })
local epoll = C.epoll_create1(0)
local event = ffi.new("struct epoll_event")
local descriptor = ffi.new("int[?]", n_connections)
local asked = ffi.new("int[?]", n_connections) -- which request the connection waits for, or IDLE
local free, n_free = ffi.new("int[?]", n_connections), 0
local one = ffi.new("int[1]", 1)
local function connect(number)
  descriptor[number] = C.socket(2, 1, 0)
  if C.connect(descriptor[number], address, ffi.sizeof(address)) ~= 0 then error("cannot connect") end
  C.setsockopt(descriptor[number], SOL_TCP, TCP_NODELAY, one, 4)
  event.events, event.data = EPOLLIN, number
  C.epoll_ctl(epoll, EPOLL_ADD, descriptor[number], event)
end
for number = 0, n_connections - 1 do
  connect(number)
  free[number], n_free, asked[number] = number, number + 1, IDLE
end

local buffer = ffi.new("char[?]", BUFFER)
-- One answer, whole: here all have headers and a body of at most some hundred bytes, which loopback delivers at once.
local function read_answer(number)
  local length = 0
  while true do
    local got = tonumber(C.recv(descriptor[number], buffer + length, BUFFER - 1 - length, 0))
    if got <= 0 then error("a connection was closed") end
    length = length + got
    buffer[length] = 0
    local headers_end = C.strstr(buffer, "\r\n\r\n")
    if headers_end ~= nil then
      local field = C.strcasestr(buffer, "content-length: ")
      local body = (field ~= nil and field < headers_end) and C.atoi(field + 16) or 0
      if length >= headers_end - buffer + 4 + body then return C.atoi(buffer + 9) end
    end
  end
end

local latencies, lateness = ffi.new("int[?]", LONGEST + 1), ffi.new("int[?]", LONGEST + 1)
local function count(histogram, duration)
  local microseconds = math.floor(duration * 1e6)
  if microseconds > LONGEST then microseconds = LONGEST end
  histogram[microseconds] = histogram[microseconds] + 1
end
local function percentile(histogram, total, share)
  local seen = 0
  for microseconds = 0, LONGEST do
    seen = seen + histogram[microseconds]
    if seen >= total * share then return microseconds end
  end
  return LONGEST
end

C.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) -- by default the kernel wakes up to 50 microseconds late
collectgarbage("stop")
local events = ffi.new("struct epoll_event[?]", n_connections)
local waiter, pause = ffi.new("struct pollfd[1]", { { epoll, 1, 0 } }), ffi.new("struct timespec")
local sent, answered, measured, refused, last_answer = 0, 0, 0, 0, 0
local began = now()
while answered < n_due do
  local time = now() - began
  while sent < n_due and n_free > 0 and due_at[sent] <= time do
    n_free = n_free - 1
    local number, request = free[n_free], sent % n_requests
    C.send(descriptor[number], blob + start_of[request], start_of[request + 1] - start_of[request], 0)
    asked[number] = sent
    if due_at[sent] >= WARM_UP then count(lateness, now() - began - due_at[sent]) end
    sent = sent + 1
    time = now() - began
  end
  local left = (sent < n_due and n_free > 0) and due_at[sent] - time or 0.1
  if left > 0 then
    pause.tv_nsec = math.min(left, 0.1) * 1e9
    C.ppoll(waiter, 1, pause, nil)
  end
  for index = 0, C.epoll_wait(epoll, events, n_connections, 0) - 1 do
    local number = tonumber(events[index].data)
    if asked[number] == IDLE then
      -- Servers close what has been idle for long, as any client that keeps connections must expect.
      C.close(descriptor[number])
      connect(number)
    else
      local status = read_answer(number)
      local answer_at = now() - began
      if status < 200 or status > 399 then refused = refused + 1 end
      answered, last_answer = answered + 1, answer_at
      if due_at[asked[number]] >= WARM_UP then
        measured = measured + 1
        count(latencies, answer_at - due_at[asked[number]])
      end
      free[n_free], n_free, asked[number] = number, n_free + 1, IDLE
    end
  end
  if time > due_at[n_due - 1] + GIVE_UP then break end
end

print(string.format(
  '{"answered": %d, "microseconds": %d, "errors": %d, "refused": %d, "p50": %d, "p99": %d, "late_p99": %d}',
  answered, last_answer * 1e6, n_due - answered, refused, percentile(latencies, measured, 0.5),
  percentile(latencies, measured, 0.99), percentile(lateness, measured, 0.99)
))
