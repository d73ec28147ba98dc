package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"headstart"
)

// A server that is restarted or takes another's place begins a new life, with a prefix of
// what the life before had written. Before anything is appended in a life, where the log
// stands is taken down beside its name: so it can be told for ever, or for as long as
// livesKept lives, which records of which life the server of now was given.

// livesKept is how many lives are remembered. A record of one before them counts as lost,
// and stands twice if it was not.
const livesKept = "64"

// luaLife returns the life of the server, having taken down where the log stood when it
// began: "life" of meta is its name, "lives" a line for each, oldest first.
const luaLife = `
local function life(meta, log)
  local now = incarnation()
  if redis.call('HGET', meta, 'life') == now then return now end
  local last = '0-0'
  if redis.call('EXISTS', log) == 1 then
    local about = redis.call('XINFO', 'STREAM', log)
    for i = 1, #about, 2 do
      if about[i] == 'last-generated-id' then last = about[i+1] end
    end
  end
  local lives = (redis.call('HGET', meta, 'lives') or '') .. now .. ' ' .. last .. '\n'
  local _, n = string.gsub(lives, '\n', '')
  for _ = ` + livesKept + ` + 1, n do lives = string.match(lives, '\n(.*)') end
  redis.call('HSET', meta, 'life', now, 'lives', lives)
  return now
end
`

// KEYS: meta, log.
var livesScript = redis.NewScript(luaIncarnation + luaLife + `
return {life(KEYS[1], KEYS[2]), redis.call('HGET', KEYS[1], 'lives')}`)

// lives returns the life of the server, and for each life before it up to where what it
// had written is still there.
func (r *Redis) lives(ctx context.Context) (now string, upTo map[string]headstart.Offset, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		v, err := livesScript.Run(ctx, r.engine, []string{r.meta(), r.key + "log"}).StringSlice()
		if err == nil {
			err = wrongReply(v, 2)
		}
		if err != nil {
			return err
		}
		now = v[0]
		upTo, err = parseLives(v[1])
		return err
	})
	return now, upTo, err
}

// parseLives reads the lines of lives: of what a life had written, the later lives were
// given no more than stood in the log when the first of them began, and so on.
func parseLives(lines string) (map[string]headstart.Offset, error) {
	upTo := map[string]headstart.Offset{}
	least := headstart.Offset{Ms: 1<<64 - 1, Seq: 1<<64 - 1}
	for all := strings.Split(strings.TrimSpace(lines), "\n"); len(all) > 0; all = all[:len(all)-1] {
		line := all[len(all)-1]
		name, at, _ := strings.Cut(line, " ")
		began, err := headstart.ParseOffset(at)
		if err != nil {
			return nil, damaged{fmt.Errorf("meta field lives, line %q: %w", line, err)}
		}
		upTo[name] = least
		if began.Before(least) {
			least = began
		}
	}
	return upTo, nil
}
