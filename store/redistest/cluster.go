package redistest

import (
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Cluster is three primaries that share the slots in equal parts.
type Cluster struct{ Nodes []*Server }

// Addrs returns the nodes' addresses.
func (c *Cluster) Addrs() []string {
	addrs := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		addrs[i] = n.Addr
	}
	return addrs
}

// StartCluster runs a cluster and waits until all nodes call it complete.
func StartCluster(tb TB, args ...string) *Cluster {
	tb.Helper()
	c := &Cluster{}
	var bus []string
	for range 3 {
		b := freePort(tb) // the default, port + 10000, may not exist
		bus = append(bus, b)
		c.Nodes = append(c.Nodes, Start(tb, append([]string{
			"--cluster-enabled", "yes", "--cluster-port", b, "--cluster-node-timeout", "2000",
		}, args...)...))
	}
	last := []int{-1, 5460, 10922, 16383}
	for i, n := range c.Nodes {
		n.mustCLI(tb, "CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(last[i]+1), fmt.Sprint(last[i+1]))
		n.mustCLI(tb, "CLUSTER", "SET-CONFIG-EPOCH", fmt.Sprint(i+1))
	}
	for i, n := range c.Nodes[1:] {
		host, port, _ := strings.Cut(n.Addr, ":")
		c.Nodes[0].mustCLI(tb, "CLUSTER", "MEET", host, port, bus[i+1])
	}
	for _, n := range c.Nodes {
		c.wait(tb, n)
	}
	return c
}

// wait returns when n knows all nodes and serves all slots.
func (c *Cluster) wait(tb TB, n *Server) {
	tb.Helper()
	info := ""
	for range 600 {
		info = n.mustCLI(tb, "CLUSTER", "INFO")
		if strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", len(c.Nodes))) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatalf("cluster did not form at %s:\n%s", n.Addr, info)
}

// CLI runs one command by redis-cli and returns its reply.
func (s *Server) CLI(args ...string) (string, error) {
	host, port, _ := strings.Cut(s.Addr, ":")
	out, err := exec.Command("redis-cli", append([]string{"-h", host, "-p", port}, args...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("redis-cli %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func (s *Server) mustCLI(tb TB, args ...string) string {
	tb.Helper()
	out, err := s.CLI(args...)
	if err == nil && strings.HasPrefix(out, "ERR") {
		err = fmt.Errorf("redis-cli %s: %s", strings.Join(args, " "), out)
	}
	if err != nil {
		tb.Fatalf("%v", err)
	}
	return out
}
