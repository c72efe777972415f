-- A node's heartbeat: these agents have tabs here, these chats live here.
-- KEYS[1] prefix
-- ARGV[2…]: node, agent_lease_ms, grace_ms, chat_lease_ms, number of agents, agents …, chats …
-- Returns {mark or '', unknown …}: ids Redis knows nothing of.
local node, lease, grace, chat_lease, n = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local answer = { redis.call('GET', P .. 'mark') or '' }
for i = 7, 6 + n do
  local agent = ARGV[i]
  if redis.call('EXISTS', P .. 'agent:' .. agent) == 0 then
    answer[#answer + 1] = agent
  else
    redis.call('ZADD', P .. 'tabs:' .. agent, now + lease, node)
    redis.call('ZADD', P .. 'due', now + lease + grace, agent)
    local was_left = redis.call('HGET', P .. 'agent:' .. agent, 'left') == '1'
    know(agent, 'left', '0')
    if was_left then
      for _, line in ipairs(lines_of(agent)) do queue_changed(line) end
      publish({ type = 'agent_returned', agent = agent })
    end
  end
end
for i = 7 + n, #ARGV do
  local chat = ARGV[i]
  if redis.call('EXISTS', chat_key(chat)) == 0 then
    answer[#answer + 1] = chat
  else
    redis.call('ZADD', P .. 'leases', now + chat_lease, chat)
  end
end
settle()
return answer
