package main

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tribuna/api"
	"tribuna/internal/demo"
	"tribuna/internal/telemetry"
	"tribuna/web"
)

// handler is everything that answers HTTP.
func (p *parts) handler() (http.Handler, error) {
	pages, err := p.pages()
	if err != nil {
		return nil, err
	}
	bounces, err := p.returnedByAPI()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	figures := p.telemetry.Handler()
	if p.cfg.MetricsAddr != "" {
		figures = nil // they have an address of their own
	}
	mountHealth(mux, p.db, figures)
	mux.Handle(api.Prefix+"/", telemetry.Requests(api.New(api.Options{DB: p.db, Processes: pages.Processes, Links: pages.Links, Now: time.Now,
		Log: slog.Default(), BaseURL: p.cfg.PublicURL(), TrustedProxies: p.cfg.TrustedProxies, Word: p.word,
		Bounces: bounces, BounceSecret: p.cfg.BounceSecret})))
	mux.Handle("/", telemetry.Requests(pages.Handler()))
	return mux, nil
}

func (p *parts) pages() (*web.Server, error) {
	minter, err := p.minter()
	if err != nil {
		return nil, err
	}
	assets, err := web.LoadAssets()
	if err != nil {
		return nil, err
	}
	engine, err := web.NewEngine(web.EngineOptions{Assets: assets})
	if err != nil {
		return nil, err
	}
	secure := strings.HasPrefix(p.cfg.PublicURL(), "https://")
	s := &web.Server{DB: p.db, Processes: p.processes(), Links: minter, Engine: engine, Now: time.Now, Log: slog.Default(),
		Sessions: web.NewSessions(p.db, time.Now, secure, engine), BaseURL: p.cfg.PublicURL(), Secure: secure,
		TrustedProxies: p.cfg.TrustedProxies, Word: p.word}
	if p.mails != nil {
		s.Demo, err = p.demonstration()
	}
	return s, err
}

// demonstration opens the doors that only `tribuna dev` has, on loopback.
func (p *parts) demonstration() (*web.Demo, error) {
	accounts, err := demo.Accounts()
	if err != nil {
		return nil, err
	}
	d := &web.Demo{Mails: p.mails.Handler(mailsPrefix)}
	for _, a := range accounts {
		d.Accounts = append(d.Accounts, web.DemoAccount{Email: a.Email, Name: a.Name, Organisation: a.Organisation, Role: a.Role})
	}
	return d, nil
}
