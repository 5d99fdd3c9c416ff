package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"tribuna/internal/files"
	"tribuna/internal/word"
	"tribuna/models"
)

// describe writes the OpenAPI 3.1 document of the routes.
func describe(routes []route, baseURL string) []byte {
	d := &describer{schemas: newSchemas(), paths: map[string]map[string]any{}}
	d.problem = d.schemas.of(reflect.TypeFor[Problem](), false)
	for _, r := range routes {
		d.add(r)
	}
	document := map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title":   "Tribuna",
			"version": "1",
			"description": "Takes a policy recommendation from its first draft to publication, campaign and follow-up. Whoever is signed in " +
				"sends an API token, whoever was asked by mail may send the token of the personal link: both as `Authorization: Bearer`. " +
				"POSTs that decide or create take an `Idempotency-Key`: the same key with the same words is the same act, however often it is sent. " +
				"A decision that was stored but not yet recorded is answered with 202; send it again, or ask its `Location`.",
		},
		"servers":  []any{map[string]any{"url": baseURL + Prefix}},
		"security": []any{map[string]any{"token": []string{}}},
		"paths":    d.paths,
		"components": map[string]any{
			"schemas": d.schemas.named,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer",
				"description": "An API token (tb_…) or, for the one task it was sent for, the token of a personal link (tl_…)."}},
		},
	}
	raw, err := json.Marshal(document)
	if err != nil {
		panic("api: the OpenAPI document cannot be encoded: " + err.Error())
	}
	return raw
}

type describer struct {
	schemas *schemas
	problem map[string]any
	paths   map[string]map[string]any
}

func (d *describer) add(r route) {
	if d.paths[r.path] == nil {
		d.paths[r.path] = map[string]any{}
	}
	operation := map[string]any{"operationId": r.id, "summary": r.summary, "tags": []string{r.tag},
		"parameters": parameters(r), "responses": d.responses(r)}
	switch r.gate {
	case open:
		operation["security"] = []any{map[string]any{}, map[string]any{"token": []string{}}}
	case byLink:
		operation["description"] = "Also by the personal link of the task. A token needs the scope `" + r.needs() + "`."
	default:
		operation["description"] = "A token needs the scope `" + r.needs() + "`."
	}
	if r.body != nil {
		operation["requestBody"] = map[string]any{"required": true, "content": d.request(r.body)}
	}
	d.paths[r.path][strings.ToLower(r.method)] = operation
	if r.method == http.MethodGet {
		head := map[string]any{}
		for k, v := range operation {
			head[k] = v
		}
		head["operationId"] = r.id + "Head"
		head["responses"] = map[string]any{"200": map[string]any{"description": "As GET, without the body."}, "default": map[string]any{"description": "As GET, without the body."}}
		d.paths[r.path]["head"] = head
	}
}

func (d *describer) request(body any) map[string]any {
	if body == (rawMail{}) {
		return map[string]any{"message/rfc822": map[string]any{"schema": binary}, "message/global": map[string]any{"schema": binary}}
	}
	if body == (upload{}) {
		return map[string]any{"multipart/form-data": map[string]any{"schema": map[string]any{"type": "object", "required": []string{files.Field},
			"properties": map[string]any{files.Field: binary}, "additionalProperties": false}}}
	}
	return map[string]any{"application/json": map[string]any{"schema": d.schemas.of(reflect.TypeOf(body), true)}}
}

// binary is the schema of a file.
var binary = map[string]any{"type": "string", "contentMediaType": "application/octet-stream"}

var pathVariable = regexp.MustCompile(`\{(\w+)\}`)

func parameters(r route) []any {
	list := []any{}
	for _, m := range pathVariable.FindAllStringSubmatch(r.path, -1) {
		list = append(list, parameter("path", m[1], "", true, text))
	}
	for _, p := range r.query {
		list = append(list, parameter("query", p.name, p.about, false, p.schema))
	}
	if r.key {
		list = append(list, parameter("header", "Idempotency-Key", "8 to 100 letters, digits, '-', '_' or '.'; names this act", true, text))
	}
	if r.match {
		list = append(list, parameter("header", "If-Match", "the ETag of what was edited", true, text))
	}
	return list
}

func parameter(in, name, about string, required bool, schema map[string]any) map[string]any {
	p := map[string]any{"in": in, "name": name, "required": required, "schema": schema}
	if about != "" {
		p["description"] = about
	}
	return p
}

func (d *describer) responses(r route) map[string]any {
	status := r.status
	if status == 0 {
		status = http.StatusOK
	}
	all := map[string]any{
		strconv.Itoa(status): d.response(http.StatusText(status), r.reply),
		"default": map[string]any{"description": "Problem details (RFC 9457).",
			"content": map[string]any{"application/problem+json": map[string]any{"schema": d.problem}}},
	}
	if r.decides {
		all["202"] = d.response("Stored, not yet recorded: Location says where to ask.", r.reply)
	}
	if r.public || r.match || r.method == http.MethodGet {
		all["304"] = map[string]any{"description": "Not changed."}
	}
	return all
}

func (d *describer) response(about string, body any) map[string]any {
	response := map[string]any{"description": about}
	if body == (download{}) {
		content := map[string]any{}
		for _, kind := range models.AttachmentMediaTypes() {
			content[kind] = map[string]any{}
		}
		response["content"] = content
		return response
	}
	if body == (plainText{}) {
		response["content"] = map[string]any{"text/plain": map[string]any{}}
		return response
	}
	if form, is := body.(outgoing); is {
		response["content"] = map[string]any{word.Form(form).MediaType(): map[string]any{}}
		return response
	}
	if body != nil {
		response["content"] = map[string]any{"application/json": map[string]any{"schema": d.schemas.of(reflect.TypeOf(body), false)}}
	}
	return response
}
