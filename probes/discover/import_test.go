package discover

import (
	"strings"
	"testing"

	"headstart/probes/discover/nagioscfg"
)

// secretMark stands in for a secret: where fuzzing puts it, it may not come out.
const secretMark = "Zq7pWx3vRt9kLm2s"

// proposeAll proposes an import and holds it to what must be true of every one: what is
// written loads, the account is complete, and no secret is in any of it.
func proposeAll(t *testing.T, in *Import) {
	t.Helper()
	p := Propose(in.Records, Options{Modules: in.Modules, Checks: in.Checks, Links: in.Links})
	modules, err := p.ModuleFile([]string{"About."})
	if err != nil {
		t.Fatal(err)
	}
	catalog, settings := files(t, p)
	if all := catalog + settings + string(modules); strings.Contains(strings.ToLower(all), strings.ToLower(secretMark)) {
		t.Fatalf("a secret was written:\n%s", all)
	}
	p.Modules = nil // their file is not beside what load writes
	for i := range p.Probes {
		p.Probes[i].Module = ""
	}
	load(t, p)
	for _, e := range in.Account.Entries {
		if (e.Fate != Taken) != (e.Why != "") || e.What == "" {
			t.Fatalf("%+v says too little", e)
		}
	}
}

// What a condition compares with is not told, however it is written.
func TestSecretsOfConditionsStay(t *testing.T) {
	for _, condition := range []string{"[BODY].token==" + secretMark, "[BODY].token == " + secretMark, "[BODY].token!=" + secretMark} {
		for _, address := range []string{"https://a.example/", "tcp://a.example:80"} {
			in := NewImport("/etc/headstart/secrets")
			if _, err := in.Gatus("g", []byte("endpoints:\n- {name: a, url: '"+address+"', conditions: ['"+condition+"']}\n")); err != nil {
				t.Fatal(err)
			}
			proposeAll(t, in)
			for _, e := range in.Account.Entries {
				if strings.Contains(e.It, secretMark) || e.Fate == Less && e.Why == "condition" && e.It != "[BODY].token" {
					t.Errorf("%s of %s: %+v", condition, address, e)
				}
			}
		}
	}
}

func FuzzKuma(f *testing.F) {
	f.Add([]byte(`{"version":"1.23.0","monitorList":[{"id":1,"name":"g","type":"group"},{"id":2,"parent":1,"name":"w","type":"keyword","url":"https://u:p@w.example/?a=b","keyword":"x(","accepted_statuscodes":["200-299"],"headers":"{\"A\":\"b\"}"}]}`))
	f.Add([]byte(`{"monitorList":[{"id":1,"parent":1,"name":"dns","type":"dns","hostname":"a.example","dns_resolve_server":"::1","dns_resolve_type":"MX"},{"id":"3","name":"db","type":"mysql","databaseConnectionString":"mysql://a:b@c:1/d"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := NewImport("/etc/headstart/secrets")
		if _, err := in.Kuma("kuma.json", data); err == nil && in.Account.Things() < 200 {
			proposeAll(t, in)
		}
	})
}

func FuzzGatus(f *testing.F) {
	f.Add([]byte("endpoints:\n- {name: a, group: g, url: 'https://a.example/', conditions: ['[STATUS] == 200', '[BODY] == pat(*x*)'], headers: {A: b}}\n- {name: b, url: 1.1.1.1, dns: {query-name: a.example, query-type: A}}\n"))
	f.Add([]byte("external-endpoints: [{name: x, token: y}]\nsuites: [{name: z}]\nendpoints: [{name: i, url: 'icmp://::1'}, {name: s, url: 'starttls://m:25'}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := NewImport("/etc/headstart/secrets")
		if _, err := in.Gatus("gatus.yaml", data); err == nil && in.Account.Things() < 200 {
			proposeAll(t, in)
		}
	})
}

func FuzzZabbix(f *testing.F) {
	f.Add([]byte("zabbix_export:\n  hosts:\n  - {host: a, interfaces: [{ip: 10.0.0.1, type: SNMP}], groups: [{name: Gebouw Noord/Printers}]}\n"))
	f.Add([]byte("<zabbix_export><version>5.0</version><hosts><host><host>a</host><interfaces><interface><ip>10.0.0.1</ip></interface></interfaces></host></hosts></zabbix_export>"))
	f.Add([]byte("host,ip,groups\na,10.0.0.1,\"x, y\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func(*Import, string, []byte) ([]Mistake, error){(*Import).Zabbix, (*Import).LibreNMS} {
			in := NewImport("/etc/headstart/secrets")
			if _, err := read(in, "list", data); err == nil && in.Account.Things() < 200 {
				proposeAll(t, in)
			}
		}
	})
}

func FuzzNagios(f *testing.F) {
	f.Add("check_http!-H www.example -u /x -S -a u:p -e 200 -p 8443", "10.0.0.1")
	f.Add("check_snmp!-o .1.3.6.1.2.1.1.3.0 -C x", "h.example")
	f.Add("check_dig!-l a.example -T MX", "::1")
	f.Fuzz(func(t *testing.T, check, address string) {
		if strings.ContainsAny(check+address, "\n\r\\") || len(check)+len(address) > 4096 {
			return
		}
		text := "define host{\nhost_name h\naddress " + address + "\ncheck_command check_ping\n}\ndefine service{\nhost_name h\nservice_description s\ncheck_command " + check + "\n}\n"
		in := NewImport("/etc/headstart/secrets")
		in.Nagios(nagioscfg.Read(nagioscfg.Files{Unit: 60, Sources: []nagioscfg.Source{{Name: "f.cfg", Data: []byte(text)}}}))
		proposeAll(t, in)
	})
}

// A secret is named and never written, wherever the source has it.
func TestSecretsStay(t *testing.T) {
	for place, text := range map[string]string{
		"user of a URL":     `"url":"https://` + secretMark + `@a.example/"`,
		"password of a URL": `"url":"https://u:` + secretMark + `@a.example/"`,
		"query by name":     `"url":"https://a.example/?access_token=` + secretMark + `"`,
		"query by look":     `"url":"https://a.example/?x=` + secretMark + `0a1b2c"`,
		"query by ;":        `"url":"https://a.example/?a=b;access_token=` + secretMark + `"`,
		"query, broken":     `"url":"https://a.example/?access_token=` + secretMark + `%zz"`,
		"path by name":      `"url":"https://a.example/page;jsessionid=` + secretMark + `"`,
		"path by look":      `"url":"https://a.example/hooks/` + secretMark + `0a1b2c"`,
		"fragment":          `"url":"https://a.example/#token=` + secretMark + `"`,
		"basic":             `"url":"https://a.example/","basic_auth_user":"` + secretMark + `","basic_auth_pass":"` + secretMark + `"`,
		"header":            `"url":"https://a.example/","headers":"{\"X-Own\":\"` + secretMark + `\"}"`,
		"authorization":     `"url":"https://a.example/","headers":"{\"Authorization\":\"Basic ` + secretMark + `\"}"`,
		"cookie":            `"url":"https://a.example/","headers":"{\"Cookie\":\"s=` + secretMark + `\"}"`,
		"agent":             `"url":"https://a.example/","headers":"{\"User-Agent\":\"` + secretMark + `0a1b2c\"}"`,
		"body":              `"url":"https://a.example/","method":"POST","body":"` + secretMark + `"`,
		"description":       `"url":"https://a.example/","description":"password ` + secretMark + `"`,
		"tag":               `"url":"https://a.example/","tags":[{"name":"api key","value":"` + secretMark + `"}]`,
		"wrong type":        `"url":"https://a.example/","port":"` + secretMark + `"`,
	} {
		in := NewImport("/etc/headstart/secrets")
		wrong, err := in.Kuma("k", []byte(`{"monitorList":[{"id":1,"name":"a","type":"http","accepted_statuscodes":["200-299"],`+text+`}]}`))
		if err != nil {
			t.Fatalf("%s: %v", place, err)
		}
		proposeAll(t, in)
		if strings.Contains(said(wrong), secretMark) {
			t.Errorf("%s: %s", place, said(wrong))
		}
		for _, e := range in.Account.Entries {
			if strings.Contains(strings.ToLower(e.Name+e.It), strings.ToLower(secretMark)) {
				t.Errorf("%s: %+v", place, e)
			}
		}
	}
}
