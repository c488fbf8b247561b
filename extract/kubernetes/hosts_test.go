package kubernetes

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAsksForHost(t *testing.T) {
	yes := []string{"DB_HOST", "dbHost", "HOST", "spring.datasource.url", "KAFKA_BROKERS", "redis-addr", "baseURL", "CATALOG_SERVICE", "apiEndpoint", "ES_HOSTS", "bootstrap.servers", "REDIS_HOST_1", "dbhost", "http_proxy"}
	no := []string{"DB_NAME", "SERVICE_NAME", "SERVICE", "DATABASE", "TOPIC", "HOST_PATH", "USER", "PORT", "URL_PREFIX", "TARGET", "", "OTEL_SERVICE_NAME", "HOSTED_ZONE"}
	for _, name := range yes {
		if !asksForHost(name) {
			t.Errorf("%s asks for a host", name)
		}
	}
	for _, name := range no {
		if asksForHost(name) {
			t.Errorf("%s asks for no host", name)
		}
	}
}

func TestMentions(t *testing.T) {
	tests := []struct {
		name, value string
		form        form
		want        []string
	}{
		{"URL", "https://a.example/x?y=b:80", variable, []string{"a.example:443"}},
		{"URL", "http://$(HOST):80/", variable, nil},
		{"KAFKA_LISTENERS", "PLAINTEXT://a:9092,SSL://b:9093", variable, []string{"a:9092", "b:9093"}},
		{"MONGO", "mongodb://u:p@a:27017,b:27017/x?replicaSet=r", variable, []string{"a:27017", "b:27017"}},
		{"DB_URL", "jdbc:oracle:thin:@//a:1521/x", variable, []string{"a:1521"}},
		{"DSN", "host=a port=5432 user=b dbname=c", variable, []string{"a"}},
		{"CACHE", "a:6379,abortConnect=false", variable, []string{"a:6379"}},
		{"TIME", "10:30", variable, nil},
		{"IMAGE", "registry.example/a/b:1.25", variable, nil},
		{"VERSION", "a:80.1", variable, nil},
		{"BUCKET", "s3://bucket/x", variable, nil},
		{"", "until pg_isready -h a -p 5432; do sleep 1; done", script, []string{"a"}},
		{"", "wget -q -O- b:81/health && curl -s http://c/x", script, []string{"c", "b:81"}},
		{"", "wget -O archive.zip https://example.com/x.zip && unzip archive.zip", script, []string{"example.com:443"}},
		{"", `curl -sSLo out.tar -H "Accept: text/html" -XPOST -d @body.json files.example.com:8080/x`, script, []string{"files.example.com:8080"}},
		{"", "nc -z -w 2 a 80", script, []string{"a:80"}},
		{"", "exec 3<>/dev/tcp/a/80", script, []string{"a:80"}},
		{"", "# http://a:80\n  url: http://b:80\n", content, []string{"b:80"}},
		{"", "upstream x { server a:80; }", content, []string{"a:80"}},
	}
	for _, test := range tests {
		var got []string
		for _, m := range mentions(text{name: test.name, value: test.value, form: test.form}, nil) {
			got = append(got, m.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s=%q (-want +got):\n%s", test.name, test.value, diff)
		}
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][]string{
		"DB_HOST": {"db", "host"}, "dbHost": {"db", "host"}, "baseURL": {"base", "url"}, "HTTPServer": {"http", "server"}, "a.b-c/d": {"a", "b", "c", "d"}, "": nil,
	} {
		if got := splitName(name); !slices.Equal(got, want) {
			t.Errorf("splitName(%q) = %q, want %q", name, got, want)
		}
	}
}
