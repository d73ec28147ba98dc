package door

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"headstart"
)

func TestDefaultConfigIsValid(t *testing.T) {
	c := DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestPlainHTTPForOthersIsRefused(t *testing.T) { // ruling 38
	for name, tt := range map[string]struct {
		change func(*Config)
		ok     bool
	}{
		"all interfaces":          {func(c *Config) { c.Listen = ":8480" }, false},
		"IPv4 of the network":     {func(c *Config) { c.Listen = "192.0.2.1:8480" }, false},
		"IPv6 of the network":     {func(c *Config) { c.Listen = "[::]:8480" }, false},
		"a name":                  {func(c *Config) { c.Listen = "desk.lan:8480" }, false},
		"the public page":         {func(c *Config) { c.Publish.Listen = ":8481" }, false},
		"said that he wants it":   {func(c *Config) { c.Listen, c.InsecureHTTP = ":8480", true }, true},
		"behind a proxy":          {func(c *Config) { c.Listen, c.TrustedProxies = ":8480", []string{"10.0.0.5/32"} }, true},
		"loopback":                {func(c *Config) { c.Listen = "127.0.0.2:8480" }, true},
		"IPv6 loopback":           {func(c *Config) { c.Listen = "[::1]:8480" }, true},
		"loopback, mapped":        {func(c *Config) { c.Listen = "[::ffff:127.0.0.1]:8480" }, true},
		"localhost":               {func(c *Config) { c.Listen = "localhost:8480" }, true},
		"public page on loopback": {func(c *Config) { c.Publish.Listen = "127.0.0.1:8481" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := DefaultConfig()
			tt.change(&c)
			err := c.Validate()
			if (err == nil) != tt.ok {
				t.Fatalf("Validate: %v, want ok = %v", err, tt.ok)
			}
			if err != nil {
				for _, remedy := range []string{"web_config_file", "trusted_proxies", "insecure_http: true"} {
					if !strings.Contains(err.Error(), remedy) {
						t.Errorf("%v does not name the remedy %s", err, remedy)
					}
				}
			}
			if _, err := New(Options{Config: c, DataDir: t.TempDir()}, nil); (err == nil) != tt.ok {
				t.Errorf("New: %v, want ok = %v", err, tt.ok)
			}
		})
	}
}

func TestEveryMistakeIsToldAtOnce(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	err := yaml.Unmarshal([]byte(`
listen: "8480"
external_url: storing.example.nl
web_config_file: `+filepath.Join(dir, "absent.yml")+`
trusted_proxies: [10.0.0.0/33]
client_ip_header: "X: Y"
auth:
  users:
    - {name: samira, password: secret12, role: boss}
    - {name: "sam ira", password: short, role: desk}
    - {name: joris, role: desk}
    - {name: joris, password: "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ", role: desk}
    - {name: kim, password: "$argon2id$v=19$m=4194304,t=3,p=4$c29tZXNhbHQ$UtDZGSXfPP4ZTm2pKUVCDRdqCqLBZKzN3oLKGBpIBPo", role: desk}
    - {name: lee, password: abcdefgh, password_file: x, role: desk}
  tokens:
    - {name: a, token: tooshort, scopes: [read]}
    - {name: b, token_file: `+empty+`, scopes: [open]}
    - {name: samira, token: 0123456789abcdef, scopes: []}
  proxy: {header: Authorization, from: [nowhere], roles: {ICT: king}}
  oidc: {issuer: https://login.example, client_id: x}
`), &c)
	if err != nil {
		t.Fatal(err)
	}
	c.Publish.Listen = "nonsense"
	err = c.Validate()
	if err == nil {
		t.Fatal("a configuration full of mistakes is valid")
	}
	for _, want := range []string{
		`listen is "8480"; write address:port`,
		`external_url is "storing.example.nl"`,
		"web_config_file:", "absent.yml",
		`trusted_proxies holds "10.0.0.0/33"`,
		"client_ip_header",
		`auth.users[0].role is "boss"; write viewer, desk, approver or admin`,
		`auth.users[1].name is "sam ira"`, "auth.users[1]: the password is shorter than 8",
		"auth.users[2]: neither password nor password_file",
		`auth.users[3].name "joris" stands twice`, "auth.users[3]: the password hash is not argon2id",
		"auth.users[4]: the password hash asks for too little or too much work",
		"auth.users[5]: both password and password_file",
		"auth.tokens[0]: the token is shorter than 16",
		`auth.tokens[1].scopes holds "open"`, "auth.tokens[1]: token_file: " + empty + " is empty",
		"auth.tokens[2].scopes is empty", `auth.tokens[2].name "samira" stands twice`,
		"auth.proxy.header is Authorization", `auth.proxy.from holds "nowhere"`, `auth.proxy.roles.ICT is "king"`,
		"auth.oidc.roles is empty, so nobody gets in",
		`publish.listen is "nonsense"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no mistake says %q in:\n%v", want, err)
		}
	}
	for _, secret := range []string{"secret12", "tooshort", "0123456789abcdef"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the errors show the secret %q", secret)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c := DefaultConfig()
	withAuth(&c)
	out, err := yaml.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), password) || strings.Contains(string(out), ingestToken) {
		t.Errorf("config show would print secrets:\n%s", out)
	}
}

func TestSecretsFromFilesBesideTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"pw": HashPassword(password) + "\n", "tok": ingestToken + "\r\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := testDoor(t, func(c *Config) {
		c.Auth.Users = []User{{Name: "desk", PasswordFile: "pw", Role: "desk"}}
		c.Auth.Tokens = []Token{{Name: "prometheus", TokenFile: "tok", Scopes: []headstart.Scope{headstart.ScopeIngest}}}
		c.SetDirectory(dir)
	})
	wantStatus(t, "a user by hash", call(d.Desk(), request("POST", "/api/v1/things", withCookies(logIn(t, d, "desk")))), 200)
	wantStatus(t, "a token by file", call(d.Desk(), request("POST", "/api/v2/alerts", bearer(ingestToken))), 200)
}

func TestAReloadWithAMistakeChangesNothing(t *testing.T) {
	d := testDoor(t, withAuth)
	if err := d.Reload(Config{}); err == nil {
		t.Fatal("an empty configuration was taken")
	}
	wantStatus(t, "the token of before", call(d.Desk(), request("GET", "/api/v1/things", bearer(readToken))), 200)
}
