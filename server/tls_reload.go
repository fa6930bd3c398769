package server

import (
	"errors"
	"time"

	"go.uber.org/zap"
)

// tlsDoors are the doors with TLS.
func (s *Server) tlsDoors() (doors []*door) {
	for _, d := range s.doors {
		if d.acceptor != nil {
			doors = append(doors, d)
		}
	}
	return doors
}

// warnOfCertificates says what is wrong with certificates that are served all the
// same: those that have expired, or soon will.
func (s *Server) warnOfCertificates() {
	for _, d := range s.tlsDoors() {
		for _, warning := range d.acceptor.Warnings() {
			s.cfg.Logger.Warn(warning)
		}
	}
}

// watchCertificates reads the files of certificates again when they change, until
// the server has stopped.
func (s *Server) watchCertificates() {
	every := s.cfg.TLS.ReloadInterval
	if len(s.tlsDoors()) == 0 || every <= 0 {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			for _, d := range s.tlsDoors() {
				changed, err := d.acceptor.ReloadIfChanged()
				s.tellReload(changed, err)
			}
		case <-s.stopped:
			return
		}
	}
}

// reloadCertificates reads the files of all certificates again. Those that are
// faulty stay as they were, and the error says why.
func (s *Server) reloadCertificates() (err error) {
	for _, d := range s.tlsDoors() {
		fault := d.acceptor.Reload()
		s.tellReload(fault == nil, fault)
		err = errors.Join(err, fault)
	}
	return err
}

func (s *Server) tellReload(changed bool, err error) {
	switch {
	case err != nil:
		s.cfg.Logger.Error("certificates could not be reloaded, the old ones stay", zap.Error(err))
	case changed:
		s.cfg.Logger.Info("certificates were reloaded")
		s.warnOfCertificates()
	}
}
