-- Put before every script of this folder. KEYS[1] is the bucket's key prefix, "mayfly:{b:N}:" (see chat/live/keys.py).
local P = KEYS[1]

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Nodes call every second. If there was no call for as long as this, or the clock went back, then either it was set, or
-- no node could call, nor renew a lease: all times move on by as much. Of a clock that went far ahead Redis has thrown
-- away what had a time to live, and the nodes give it back under a new mark.
local PAUSE_MS, BACK_MS = 10000, -1000
local since = now - (redis.call('GET', P .. 'called') or now)
local noted = redis.pcall('SET', P .. 'called', now) -- a Redis without memory left can still erase
if noted.ok and (since > PAUSE_MS or since < BACK_MS) then
  local function move(set)
    for _, member in ipairs(redis.call('ZRANGE', set, 0, -1)) do redis.call('ZINCRBY', set, since, member) end
  end
  for _, chat in ipairs(redis.call('ZRANGE', P .. 'due', 0, -1)) do
    local left = redis.call('HGET', P .. 'chat:' .. chat, 'left')
    if left then redis.call('HSET', P .. 'chat:' .. chat, 'left', left + since) end
    if redis.call('EXISTS', P .. 'chat:' .. chat) == 0 then
      redis.call('ZREM', P .. 'due', chat)
      redis.call('DEL', P .. 'mark')
    end
    move(P .. 'tabs:' .. chat)
  end
  move(P .. 'due')
end

local frames = {}

-- One thing that happened in a chat, for the nodes: kind (1 byte), side (1 byte), chat (length-prefixed),
-- number (seq, note or mark), time (ms), payload (length-prefixed). Big-endian; read by chat/live/log.py.
local function tell(kind, side, chat, number, payload)
  frames[#frames + 1] = struct.pack('>c1c1BI4I8I4', kind, side, #chat, number, now, #payload) .. chat .. payload
end

local function publish()
  if #frames > 0 then redis.call('PUBLISH', P .. 'feed', table.concat(frames)) end
end

-- A chat with this id has just ended: its name is not to be read out of the key.
local function over(chat)
  return P .. 'over:' .. redis.sha1hex(chat)
end

-- Every key of a chat lives as long as somebody cares for it; ttl in ms.
local function keep(chat, ttl)
  for _, name in ipairs({ 'chat:', 'log:', 'notes:', 'refs:', 'tabs:' }) do
    redis.call('PEXPIRE', P .. name .. chat, ttl)
  end
end
