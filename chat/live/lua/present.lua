-- A node has tabs of these visitors. Said when a tab comes and then as a heartbeat.
-- KEYS[1] prefix
-- ARGV: node, lease_ms, grace_ms, ttl_ms, chats …
-- Returns {mark or '', unknown chats …}.
local node, lease, grace, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local answer = { redis.call('GET', P .. 'mark') or '' }
for i = 5, #ARGV do
  local chat = ARGV[i]
  local key = P .. 'chat:' .. chat
  if redis.call('EXISTS', key) == 0 then
    answer[#answer + 1] = chat
  else
    redis.call('ZADD', P .. 'tabs:' .. chat, now + lease, node)
    redis.call('ZADD', P .. 'due', now + lease, chat)
    if redis.call('HDEL', key, 'left') == 1 then
      redis.call('HDEL', key, 'wait')
      tell('b', 'v', chat, 0, '')
    end
    keep(chat, ttl)
  end
end
publish()
return answer
