"""Go templates: what they print, and the errors they end in."""

import pytest

from playground.docker_cli.gotemplate import TemplateError, parse
from playground.docker_cli.gotemplate.values import raw, typed

SERVICE = {
    "ID": "abc",
    "Version": {"Index": 26},
    "CreatedAt": "2026-11-22T10:37:58.900027177Z",
    "Spec": {
        "Name": "web",
        "Labels": {"b": "2", "a": "1"},
        "TaskTemplate": {"ContainerSpec": {"Image": "nginx", "StopGracePeriod": 10_000_000_000}, "ForceUpdate": 0},
        "Mode": {"Replicated": {"Replicas": 3}},
        "EndpointSpec": {"Mode": "vip"},
    },
    "Endpoint": {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}, {"TargetPort": 81}]},
}

PRINTED = {
    "{{.ID}}": "abc",
    "{{.Spec.Mode.Replicated.Replicas}}": "3",
    "{{.CreatedAt}}": "2026-11-22 10:37:58.900027177 +0000 UTC",
    "{{.Spec.TaskTemplate.ContainerSpec.StopGracePeriod}}": "10s",
    "{{.Version}} {{.Version.Index}} {{.Version.String}} {{.Meta}}": (
        "26 26 26 {26 2026-11-22 10:37:58.900027177 +0000 UTC 0001-01-01 00:00:00 +0000 UTC}"
    ),
    '{{.CreatedAt.Format "Mon Jan _2 15:04:05.000 2006"}} {{.CreatedAt.Year}} {{.CreatedAt.Month}}': (
        "Sun Nov 22 10:37:58.900 2026 2026 November"
    ),
    '{{.CreatedAt.Format "2006-01-02T15:04:05.999999999Z07:00"}}': "2026-11-22T10:37:58.900027177Z",
    "{{.Spec.TaskTemplate.ContainerSpec.StopGracePeriod.Seconds}}": "10",
    "{{.Spec.Mode.Replicated}} {{.UpdateStatus}}": "{0xc000123458} <nil>",
    '{{printf "%v %+v" (index .Endpoint.Ports 1) (index .Endpoint.Ports 1)}}': (
        "{  81 0 } {Name: Protocol: TargetPort:81 PublishedPort:0 PublishMode:}"
    ),
    '{{printf "%+v" .Spec.EndpointSpec}}': "&{Mode:vip Ports:[]}",
    "{{.Spec.EndpointSpec}}": "{vip []}",
    "{{.Spec.Labels}}": "map[a:1 b:2]",
    "{{.Spec.Labels.a}} {{.Spec.Labels.nope}}": "1 <no value>",
    '{{index .Spec.Labels "b"}}': "2",
    "{{json .Spec.Labels}}": '{"a":"1","b":"2"}',
    "{{json .UpdateStatus}}": "null",
    "{{len .Endpoint.Ports}}": "2",
    "{{(index .Endpoint.Ports 1).TargetPort}}": "81",
    "{{range .Endpoint.Ports}}{{.TargetPort}},{{end}}": "80,81,",
    "{{range $i, $p := .Endpoint.Ports}}{{$i}}={{$p.PublishedPort}};{{end}}": "0=8080;1=0;",
    "{{range .Endpoint.VirtualIPs}}x{{else}}none{{end}}": "none",
    "{{range .Endpoint.Ports}}{{if eq .TargetPort 81}}{{break}}{{end}}{{.TargetPort}}{{end}}": "80",
    "{{range .Endpoint.Ports}}{{if eq .TargetPort 80}}{{continue}}{{end}}{{.TargetPort}}{{end}}": "81",
    "{{range $k, $v := .Spec.Labels}}{{$k}}{{$v}}{{end}}": "a1b2",
    "{{range 3}}{{.}}{{end}}": "012",
    "{{if .UpdateStatus}}yes{{else if .Spec.Name}}named{{else}}no{{end}}": "named",
    "{{with .Spec}}{{.Name}}{{end}}": "web",
    "{{with .UpdateStatus}}x{{else with .Spec}}{{.Name}}{{end}}": "web",
    '{{$x := .ID}}{{$x = "new"}}{{$x}}{{$.ID}}': "newabc",
    '{{.ID | upper | printf "%-6s|"}}': "ABC   |",
    '{{printf "%05d %x %q %t %v %T" 42 255 "a\\"b" true 1.5 .ID}}': '00042 ff "a\\"b" true 1.5 string',
    '{{printf "%d" "x"}} {{printf "%s"}} {{printf "a" 1}}': "%!d(string=x) %!s(MISSING) a%!(EXTRA int=1)",
    '{{print 1 2 "a" "b" 3}}|{{println 1 "a"}}': "1 2ab3|1 a\n",
    '{{and 1 0 2}} {{or 0 "" "x"}} {{not 0}}': "0 x true",
    '{{eq 1 2 1}} {{ne "a" "b"}} {{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}': "true true true true true false",
    '{{join (split "a,b" ",") "-"}}': "a-b",
    '{{title "hello world"}} {{lower "ABC"}} {{truncate "abcdef" 3}} [{{pad "x" 1 2}}]': "Hello World abc abc [ x  ]",
    '{{slice "abcdef" 1 3}}': "bc",
    '{{html "<a>&\'\\""}} {{urlquery "a b&"}} {{js "\'"}}': "&lt;a&gt;&amp;&#39;&#34; a+b%26 \\'",
    "{{/* nothing */ -}}   x  {{- 1 }}": "x1",
    '{{define "t"}}<{{.}}>{{end}}{{template "t" .ID}}': "<abc>",
    '{{block "b" .ID}}[{{.}}]{{end}}': "[abc]",
    "{{`raw \\n`}}{{'a'}}{{0x10}}{{1e3}}": "raw \\n97161000",
    "{{1000000.0}} {{1e21}} {{0.00001}}": "1e+06 1e+21 1e-05",
}


@pytest.mark.parametrize(("text", "printed"), PRINTED.items())
def test_a_template_prints(text: str, printed: str) -> None:
    assert parse(text).execute(typed("swarm.Service", SERVICE)) == printed


ERRORS = {
    "{{.Spec.Nope}}": (
        'template: :1:7: executing "" at <.Spec.Nope>: can\'t evaluate field Nope in type swarm.ServiceSpec'
    ),
    "{{.ID.X}}": 'template: :1:5: executing "" at <.ID.X>: can\'t evaluate field X in type string',
    "{{.UpdateStatus.State}}": (
        'template: :1:15: executing "" at <.UpdateStatus.State>: nil pointer evaluating *swarm.UpdateStatus.State'
    ),
    "{{call .ID}}": ('template: :1:2: executing "" at <call .ID>: error calling call: non-function .ID of type string'),
    "{{.ID.}}": "template: :1: unexpected <.> in operand",
    'a{{template "zz"}}': 'template: :1:12: executing "" at <{{template "zz"}}>: template "zz" not defined',
    '{{index . "x"}}': (
        'template: :1:2: executing "" at <index . "x">: error calling index: can\'t index item of type swarm.Service'
    ),
    "{{.UpdateStatus.StartedAt.Year}}": (
        'template: :1:15: executing "" at <.UpdateStatus.StartedAt.Year>: '
        "nil pointer evaluating *swarm.UpdateStatus.StartedAt"
    ),
    "{{nope}}": 'template: :1: function "nope" not defined',
    "{{nil}}": 'template: :1:2: executing "" at <nil>: nil is not a command',
    "{{": "template: :1: unclosed action",
    "{{.ID": "template: :1: unclosed action",
    "a\n{{.ID": "template: :2: unclosed action",
    '{{"abc}}': "template: :1: unterminated quoted string",
    "{{if}}{{end}}": "template: :1: missing value for if",
    "{{if .ID}}": "template: :1: unexpected EOF",
    "{{end}}": "template: :1: unexpected {{end}}",
    "{{else}}": "template: :1: unexpected {{else}}",
    "{{$x}}": 'template: :1: undefined variable "$x"',
    "{{.ID }": 'template: :1: unexpected "}" in operand',
    "{{break}}": "template: :1: {{break}} outside {{range}}",
    "{{(.ID}}": "template: :1: unclosed left paren",
    "{{.ID)}}": "template: :1: unexpected right paren",
    "{{1 | 2}}": "template: :1: non executable command in pipeline stage 2",
    "{{index .Endpoint.Ports 9}}": (
        'template: :1:2: executing "" at <index .Endpoint.Ports 9>: error calling index: index out of range: 9'
    ),
    '{{eq 1 "a"}}': 'template: :1:2: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison',
    "{{lower 5}}": 'template: :1:8: executing "" at <5>: expected string; found 5',
    "{{lower .Spec.Mode}}": "wrong type for value; expected string; got swarm.ServiceMode",
    "{{lower}}": 'template: :1:2: executing "" at <lower>: wrong number of args for lower: want 1 got 0',
    "{{range .ID}}{{end}}": 'template: :1:8: executing "" at <.ID>: range can\'t iterate over abc',
    '{{template "none"}}': 'template "none" not defined',
    '{{.ID "x"}}': "ID has arguments but cannot be invoked as function",
}


@pytest.mark.parametrize(("text", "error"), ERRORS.items())
def test_a_wrong_template_says_why(text: str, error: str) -> None:
    with pytest.raises(TemplateError) as failure:
        parse(text).execute(typed("swarm.Service", SERVICE))

    assert str(failure.value).endswith(error)


def test_untyped_data_prints_numbers_and_missing_keys() -> None:
    data = raw({"a": {"b": [1, "x", None]}})

    assert parse("{{.a.b}} {{.c}} {{.a.c}}").execute(data) == "[1 x <nil>] <no value> <no value>"


def test_a_missing_key_can_be_an_error() -> None:
    with pytest.raises(TemplateError, match='map has no entry for key "c"'):
        parse("{{.c}}").execute(raw({"a": 1}), missing_key_fails=True)


def test_a_template_that_calls_itself_ends() -> None:
    with pytest.raises(TemplateError, match="exceeded maximum template depth"):
        parse('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}').execute(raw({}))
