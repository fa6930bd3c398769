// Package logging writes the records of a zap.Logger as the lines that
// server_runner has always written:
//
//	[2026-01-31 13:05:09.042] [reactor] [info] listening on 127.0.0.1:8080
//
// Local time, the logger's name, the level, the message; fields follow as
// key=value. One record is one line and one write: control characters of a
// message or a value are escaped, so that nothing a client sends can forge a
// line. The level is coloured when the line goes to a terminal.
package logging
