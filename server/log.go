package server

import (
	"sync/atomic"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// A logRing takes log records from the loops to the user's logger, which may
// write to a slow disk: a loop never waits for it. When the ring is full,
// records are dropped and counted.
type logRing struct {
	logger  *zap.Logger
	records chan logRecord
	quit    chan struct{}
	done    chan struct{}
	dropped atomic.Uint64
}

type logRecord struct {
	level   zapcore.Level
	message string
	fields  []zap.Field
}

const logRingSize = 1024

func newLogRing(l *zap.Logger) *logRing {
	r := &logRing{
		logger:  l,
		records: make(chan logRecord, logRingSize),
		quit:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	go r.run()
	return r
}

// log adds a record. Any goroutine; after close it is lost.
func (r *logRing) log(level zapcore.Level, message string, fields ...zap.Field) {
	if !r.logger.Core().Enabled(level) {
		return
	}
	select {
	case r.records <- logRecord{level, message, fields}:
	default:
		r.dropped.Add(1)
	}
}

// run writes until quit, and then what is left.
func (r *logRing) run() {
	defer close(r.done)
	for {
		select {
		case rec := <-r.records:
			r.write(rec)
			continue
		case <-r.quit:
		}
		for len(r.records) > 0 {
			r.write(<-r.records)
		}
		return
	}
}

func (r *logRing) write(rec logRecord) {
	r.logger.Log(rec.level, rec.message, rec.fields...)
	if n := r.dropped.Swap(0); n > 0 {
		r.logger.Warn("log records were dropped", zap.Uint64("dropped", n))
	}
}

// close writes what is in the ring and returns when that is done.
func (r *logRing) close() {
	close(r.quit)
	<-r.done
}
