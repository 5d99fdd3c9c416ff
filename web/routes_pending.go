package web

import "github.com/gorilla/mux"

func (s *Server) draftRoutes(*mux.Router) {}

func (s *Server) recommendationRoutes(*mux.Router) {}

func (s *Server) officerRoutes(*mux.Router) {}

func (s *Server) taskRoutes(*mux.Router) {}

func (s *Server) translationRoutes(*mux.Router) {}

func (s *Server) mailingRoutes(*mux.Router) {}

func (s *Server) followUpRoutes(*mux.Router) {}

func (s *Server) homeRoutes(*mux.Router) {}

func (s *Server) dashboardRoutes(*mux.Router) {}

func (s *Server) publishedRoutes(*mux.Router) {}

func (s *Server) unsubscribeRoutes(*mux.Router) {}
