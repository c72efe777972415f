-- After Redis lost its memory: a node gives back the sealed messages and notes it still holds of a chat. What another
-- node gave back before stays as it is; numbers only rise.
-- KEYS[1] prefix
-- ARGV: chat, ttl_ms, then per entry six: kind ('m' or 'n'), number, side, time (ms), digest of the ref or '', sealed payload
local chat, ttl = ARGV[1], ARGV[2]
if redis.call('EXISTS', over(chat)) == 1 then return end
local STREAM = { m = P .. 'log:' .. chat, n = P .. 'notes:' .. chat }
local last = {}
for kind, stream in pairs(STREAM) do
  local newest = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  last[kind] = newest and tonumber(string.match(newest[1], '^%d+')) or 0
end
for i = 3, #ARGV, 6 do
  local kind, number, side, at, digest, payload = unpack(ARGV, i, i + 5)
  if tonumber(number) > last[kind] then
    redis.call('XADD', STREAM[kind], number .. '-0', 's', side, 't', at, 'b', payload)
    last[kind] = tonumber(number)
    if digest ~= '' then redis.call('HSET', P .. 'refs:' .. chat, digest, number) end
  end
end
keep(chat, ttl)
