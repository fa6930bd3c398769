package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strconv"

	"reactor.example/server"
)

// maxMessageBytes bounds a message of gRPC.
const maxMessageBytes = 4 << 20

// serve answers until standard input ends. It prints the address first, and in
// the end what the flood ledger has caught.
func serve(ctx context.Context, o options) error {
	srv, err := server.New(server.Config{
		BindPort: server.Ephemeral,
		HTTP2:    server.HTTP2Config{MaxConcurrentStreams: 1000, FloodObserve: o.observe},
	})
	if err != nil {
		return err
	}
	// A stream may be silent for as long as it likes, and may go on for ever.
	srv.With(server.Settings{Stream: true, MinRate: server.Off, MaxBodyBytes: server.Off}).Post("/echo.Echo/Chat", chat)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	go func() {
		<-srv.Ready()
		fmt.Println(srv.Addr())
	}()
	return srv.ListenAndServe(ctx)
}

// chat answers each message by itself, as the protocol of gRPC over HTTP/2 frames
// it: an octet for compression, four for the length. Trailers tell the status.
func chat(w *server.Response, r *server.Request) {
	w.Header().Set("Content-Type", "application/grpc")
	w.Flush()
	in := bufio.NewReader(r.Body)
	var message []byte
	for n := 0; ; n++ {
		var err error
		if message, err = readMessage(in, message[:0]); err != nil {
			status := "0"
			if err != io.EOF {
				status = "13" // INTERNAL
				w.Trailer().Set("Grpc-Message", err.Error())
			}
			w.Trailer().Set("Grpc-Status", status)
			w.Trailer().Set("X-Messages", strconv.Itoa(n))
			return
		}
		if _, err := w.Write(message); err != nil {
			return
		}
		if in.Buffered() == 0 {
			w.Flush() // more may be answered together
		}
	}
}

// readMessage appends a message with its prefix to b. The error is io.EOF if there
// is none.
func readMessage(in *bufio.Reader, b []byte) ([]byte, error) {
	var prefix [5]byte
	if _, err := io.ReadFull(in, prefix[:]); err != nil {
		return b, err
	}
	size := binary.BigEndian.Uint32(prefix[1:])
	if prefix[0] != 0 || size > maxMessageBytes {
		return b, fmt.Errorf("message of %d bytes, compressed %d", size, prefix[0])
	}
	b = append(b, prefix[:]...)
	if need := len(b) + int(size); cap(b) < need {
		b = append(make([]byte, 0, need), b...)
	}
	n, err := io.ReadFull(in, b[len(b):len(b)+int(size)])
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return b[:len(b)+n], err
}
