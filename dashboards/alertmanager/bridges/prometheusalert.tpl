{{ range $k, $v := .alerts }}{{ if eq $v.status "resolved" }}**已恢复** {{ end }}**{{ $v.annotations.summary_zh }}**
{{ $v.annotations.description_zh }}
[处理手册]({{ $v.annotations.runbook_url }}) [仪表盘]({{ $v.annotations.dashboard_url }})
{{ end }}
