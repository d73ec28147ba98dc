package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"headstart/configs"
	"headstart/store/redistest"
)

// What configs/kubernetes may hold: the fields of its API versions that it uses, spelt as
// the API spells them. No schema of Kubernetes is at hand; a field that is not below is a
// mistake, or one to look up and add.
type (
	manifest struct {
		APIVersion string   `yaml:"apiVersion"`
		Kind       string   `yaml:"kind"`
		Metadata   metadata `yaml:"metadata"`
		Spec       spec     `yaml:"spec"`
	}
	metadata struct {
		Name   string            `yaml:"name"`
		Labels map[string]string `yaml:"labels"`
	}
	spec struct { // of a Service, a PodDisruptionBudget, a StatefulSet, a NetworkPolicy
		Selector                 yaml.Node        `yaml:"selector"`
		SessionAffinity          string           `yaml:"sessionAffinity"`
		ClusterIP                string           `yaml:"clusterIP"`
		PublishNotReadyAddresses bool             `yaml:"publishNotReadyAddresses"`
		Ports                    []servicePort    `yaml:"ports"`
		MinAvailable             int              `yaml:"minAvailable"`
		ServiceName              string           `yaml:"serviceName"`
		Replicas                 int              `yaml:"replicas"`
		PodManagementPolicy      string           `yaml:"podManagementPolicy"`
		Template                 podTemplate      `yaml:"template"`
		VolumeClaimTemplates     []volumeClaim    `yaml:"volumeClaimTemplates"`
		PodSelector              labelSelector    `yaml:"podSelector"`
		PolicyTypes              []string         `yaml:"policyTypes"`
		Ingress                  []map[string]any `yaml:"ingress"`
	}
	labelSelector struct {
		MatchLabels map[string]string `yaml:"matchLabels"`
	}
	servicePort struct {
		Name       string `yaml:"name"`
		Port       int    `yaml:"port"`
		TargetPort string `yaml:"targetPort"`
	}
	volumeClaim struct {
		Metadata metadata `yaml:"metadata"`
		Spec     struct {
			AccessModes []string  `yaml:"accessModes"`
			Resources   resources `yaml:"resources"`
		} `yaml:"spec"`
	}
	resources struct {
		Requests map[string]string `yaml:"requests"`
		Limits   map[string]string `yaml:"limits"`
	}
	podTemplate struct {
		Metadata metadata `yaml:"metadata"`
		Spec     pod      `yaml:"spec"`
	}
	pod struct {
		AutomountServiceAccountToken  *bool       `yaml:"automountServiceAccountToken"`
		EnableServiceLinks            *bool       `yaml:"enableServiceLinks"`
		TerminationGracePeriodSeconds int         `yaml:"terminationGracePeriodSeconds"`
		SecurityContext               podSecurity `yaml:"securityContext"`
		TopologySpreadConstraints     []spread    `yaml:"topologySpreadConstraints"`
		Containers                    []container `yaml:"containers"`
		Volumes                       []volume    `yaml:"volumes"`
	}
	podSecurity struct {
		RunAsNonRoot        bool              `yaml:"runAsNonRoot"`
		RunAsUser           int               `yaml:"runAsUser"`
		RunAsGroup          int               `yaml:"runAsGroup"`
		FSGroup             int               `yaml:"fsGroup"`
		FSGroupChangePolicy string            `yaml:"fsGroupChangePolicy"`
		SeccompProfile      map[string]string `yaml:"seccompProfile"`
		Sysctls             []nameValue       `yaml:"sysctls"`
	}
	nameValue struct {
		Name  string `yaml:"name"`
		Value string `yaml:"value"`
	}
	spread struct {
		MaxSkew           int           `yaml:"maxSkew"`
		TopologyKey       string        `yaml:"topologyKey"`
		WhenUnsatisfiable string        `yaml:"whenUnsatisfiable"`
		LabelSelector     labelSelector `yaml:"labelSelector"`
	}
	container struct {
		Name           string          `yaml:"name"`
		Image          string          `yaml:"image"`
		Command        []string        `yaml:"command"`
		Args           []string        `yaml:"args"`
		Env            []nameValue     `yaml:"env"`
		Ports          []containerPort `yaml:"ports"`
		StartupProbe   *kubeProbe      `yaml:"startupProbe"`
		LivenessProbe  *kubeProbe      `yaml:"livenessProbe"`
		ReadinessProbe *kubeProbe      `yaml:"readinessProbe"`
		Lifecycle      struct {
			PreStop struct {
				Sleep struct {
					Seconds int `yaml:"seconds"`
				} `yaml:"sleep"`
			} `yaml:"preStop"`
		} `yaml:"lifecycle"`
		Resources       resources `yaml:"resources"`
		SecurityContext struct {
			AllowPrivilegeEscalation *bool               `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool                `yaml:"readOnlyRootFilesystem"`
			Capabilities             map[string][]string `yaml:"capabilities"`
		} `yaml:"securityContext"`
		VolumeMounts []mount `yaml:"volumeMounts"`
	}
	containerPort struct {
		Name          string `yaml:"name"`
		ContainerPort int    `yaml:"containerPort"`
	}
	kubeProbe struct {
		HTTPGet          *httpGet          `yaml:"httpGet"`
		TCPSocket        map[string]string `yaml:"tcpSocket"`
		PeriodSeconds    int               `yaml:"periodSeconds"`
		TimeoutSeconds   int               `yaml:"timeoutSeconds"`
		FailureThreshold int               `yaml:"failureThreshold"`
	}
	httpGet struct {
		Path string `yaml:"path"`
		Port string `yaml:"port"`
	}
	mount struct {
		Name      string `yaml:"name"`
		MountPath string `yaml:"mountPath"`
		SubPath   string `yaml:"subPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	}
	volume struct {
		Name      string `yaml:"name"`
		ConfigMap *struct {
			Name string `yaml:"name"`
		} `yaml:"configMap"`
		Secret *struct {
			SecretName  string `yaml:"secretName"`
			DefaultMode int    `yaml:"defaultMode"`
		} `yaml:"secret"`
	}
)

// manifests reads what kustomization.yaml lists, by kind and name.
func manifests(t *testing.T) map[string]manifest {
	t.Helper()
	dir := filepath.Join("..", "..", "configs", "kubernetes")
	var k struct {
		APIVersion, Kind, Namespace string
		Resources                   []string
		ConfigMapGenerator          []struct {
			Name  string
			Files []string
		} `yaml:"configMapGenerator"`
		Images []struct{ Name, NewTag string }
	}
	if err := yaml.Unmarshal([]byte(readAll(t, filepath.Join(dir, "kustomization.yaml"))), &k); err != nil {
		t.Fatal(err)
	}
	if k.Namespace != "headstart" || len(k.ConfigMapGenerator) != 1 || !slices.Equal(k.ConfigMapGenerator[0].Files, []string{"headstart.yml", "catalog.yml"}) {
		t.Errorf("kustomization.yaml makes %+v", k)
	}
	there, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(there) != len(k.Resources)+1 {
		t.Errorf("kustomization.yaml lists %v, there are %v", k.Resources, there)
	}
	all := map[string]manifest{}
	for _, name := range k.Resources {
		dec := yaml.NewDecoder(strings.NewReader(readAll(t, filepath.Join(dir, name))))
		dec.KnownFields(true)
		for {
			var m manifest
			err := dec.Decode(&m)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all[m.Kind+"/"+m.Metadata.Name] = m
		}
	}
	return all
}

// versions are the stable API versions of what the manifests use.
var kubeVersions = map[string]string{
	"Namespace": "v1", "Service": "v1", "PodDisruptionBudget": "policy/v1", "StatefulSet": "apps/v1", "NetworkPolicy": "networking.k8s.io/v1",
}

// TestKubernetesHangsTogether: names, labels and ports of the manifests meet, every volume
// is declared, and each pod runs without what it does not need.
func TestKubernetesHangsTogether(t *testing.T) {
	all := manifests(t)
	for id, m := range all {
		if m.APIVersion != kubeVersions[m.Kind] {
			t.Errorf("%s has the apiVersion %q, want %q", id, m.APIVersion, kubeVersions[m.Kind])
		}
		switch m.Kind {
		case "Service":
			var labels map[string]string
			if err := m.Spec.Selector.Decode(&labels); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			p := all["StatefulSet/"+labels["app.kubernetes.io/name"]].Spec.Template
			if p.Metadata.Labels["app.kubernetes.io/name"] != labels["app.kubernetes.io/name"] {
				t.Errorf("%s selects %v, which no pod has", id, labels)
			}
			for _, port := range m.Spec.Ports {
				if containerPortOf(p.Spec, port.TargetPort) == 0 {
					t.Errorf("%s leads to port %q, which no container has", id, port.TargetPort)
				}
			}
		case "StatefulSet":
			if all["Service/"+m.Spec.ServiceName].Spec.ClusterIP != "None" {
				t.Errorf("%s: %s is no headless Service", id, m.Spec.ServiceName)
			}
			checkPod(t, id, m)
		}
	}
	h := all["StatefulSet/headstart"].Spec
	if pdb := all["PodDisruptionBudget/headstart"].Spec; h.Replicas != 2 || pdb.MinAvailable != 1 {
		t.Errorf("%d replicas, of which %d stay; want 2 and 1", h.Replicas, pdb.MinAvailable)
	}
	if all["Service/headstart-pages"].Spec.SessionAffinity != "ClientIP" {
		t.Error("a browser may change replicas, which do not know each other's log-ins")
	}
}

func containerPortOf(p pod, name string) int {
	for _, c := range p.Containers {
		for _, port := range c.Ports {
			if port.Name == name {
				return port.ContainerPort
			}
		}
	}
	return 0
}

func checkPod(t *testing.T, id string, m manifest) {
	t.Helper()
	p := m.Spec.Template.Spec
	if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken || !p.SecurityContext.RunAsNonRoot || p.SecurityContext.RunAsUser == 0 || p.SecurityContext.SeccompProfile["type"] != "RuntimeDefault" {
		t.Errorf("%s: the pod may be root, talk to the API or call what it likes", id)
	}
	declared := map[string]bool{}
	for _, v := range p.Volumes {
		declared[v.Name] = true
	}
	for _, c := range m.Spec.VolumeClaimTemplates {
		declared[c.Metadata.Name] = true
	}
	for _, c := range p.Containers {
		s := c.SecurityContext
		if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities["drop"], []string{"ALL"}) {
			t.Errorf("%s: container %s keeps rights it does not need", id, c.Name)
		}
		if c.Resources.Limits["memory"] == "" || c.Resources.Requests["cpu"] == "" {
			t.Errorf("%s: container %s has no bounds", id, c.Name)
		}
		for _, v := range c.VolumeMounts {
			if !declared[v.Name] {
				t.Errorf("%s mounts %s, which it does not declare", id, v.Name)
			}
		}
		for _, probe := range []*kubeProbe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
			if probe != nil && probe.HTTPGet != nil && containerPortOf(p, probe.HTTPGet.Port) == 0 {
				t.Errorf("%s is probed at port %q, which no container has", id, probe.HTTPGet.Port)
			}
		}
	}
}

// TestKubernetesRuns runs the program with the settings of the ConfigMap, as a container
// would find them, and calls it as the cluster does: the probes by the pod's address, the
// senders by the name of the Service.
func TestKubernetesRuns(t *testing.T) {
	t.Parallel()
	c := manifests(t)["StatefulSet/headstart"].Spec.Template.Spec.Containers[0]
	dir := t.TempDir()
	config := inContainer(t, c, dir)
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"config", "check", "--config", config}, &out, &errs); code != 0 || strings.Contains(out.String()+errs.String(), "no effect") {
		t.Fatalf("config check: exit code %d\n%s%s", code, &out, &errs)
	}
	cfg, err := configs.Load(configs.Source{File: config, Folders: configs.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	for name, listen := range map[string]string{"desk": cfg.Door.Listen, "status": cfg.Publish.Listen} {
		if want := ":" + strconv.Itoa(containerPortOf(pod{Containers: []container{c}}, name)); listen != want {
			t.Errorf("the container's port %s is %s, the settings listen on %s", name, want, listen)
		}
	}

	text := readAll(t, config)
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	for from, to := range map[string]string{`":8480"`: `"127.0.0.1:0"`, `":8481"`: `"127.0.0.1:0"`, "redis:6379": redis.Addr} {
		text = strings.ReplaceAll(text, from, to)
	}
	write(t, config, text)
	if err := os.Symlink(cfg.DataDir, filepath.Join(filepath.Dir(config), "data")); err != nil { // where start looks for the admin token
		t.Fatal(err)
	}
	r := start(t, config)
	for _, p := range []*kubeProbe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		if err := get(r.base+p.HTTPGet.Path, nil); err != nil {
			t.Errorf("the cluster's probe: %v", err)
		}
	}
	req, err := http.NewRequest(http.MethodPost, r.base+"/api/v2/alerts", strings.NewReader(`[{"labels":{"alertname":"HostDown","device":"redis"}}]`))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "headstart-ingest.headstart.svc:8480"
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+strings.Repeat("a1", 32))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("a sender that calls the Service by its name is answered %d", res.StatusCode)
	}
}

// inContainer lays out what the container's volumes hold below dir, and returns its
// --config there. Paths in the settings lead below dir too.
func inContainer(t *testing.T, c container, dir string) (config string) {
	t.Helper()
	held := map[string]map[string]string{
		"settings": {
			"headstart.yml": readAll(t, "../../configs/kubernetes/headstart.yml"),
			"catalog.yml":   readAll(t, "../../configs/kubernetes/catalog.yml"),
		},
		"keys":    {"hash-key": strings.Repeat("k", 32)},
		"secrets": {"ingest": strings.Repeat("a1", 32)},
		"data":    {},
	}
	for _, m := range c.VolumeMounts {
		target := filepath.Join(dir, m.MountPath)
		if m.SubPath != "" {
			target = filepath.Dir(target)
		}
		if err := os.MkdirAll(target, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range held[m.Name] {
			for _, path := range []string{"/var/lib/headstart", "/run/secrets/headstart"} {
				text = strings.ReplaceAll(text, path, filepath.Join(dir, path))
			}
			write(t, filepath.Join(target, name), text)
		}
	}
	at := slices.Index(c.Args, "--config")
	if at < 0 || !slices.Equal(c.Args[:1], []string{"serve"}) {
		t.Fatalf("the container runs %v", c.Args)
	}
	for _, e := range c.Env {
		limit, ok := strings.CutSuffix(e.Value, "MiB")
		if n, err := strconv.Atoi(limit); e.Name != "GOMEMLIMIT" || !ok || err != nil || n*10 > 9*1024+16 || c.Resources.Limits["memory"] != "1Gi" {
			t.Errorf("the container has %s=%s beside a limit of %s; want nine tenths of it", e.Name, e.Value, c.Resources.Limits["memory"])
		}
	}
	return filepath.Join(dir, c.Args[at+1])
}
