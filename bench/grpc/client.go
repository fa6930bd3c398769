package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
)

// raw is an encoding.CodecV2 for messages that are []byte: what matters here is how
// they travel.
type raw struct{}

func (raw) Name() string { return "raw" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// run starts a server, lets the clients work, and ends it.
func run(ctx context.Context, o options) (r result, err error) {
	child := exec.CommandContext(ctx, os.Args[0], "-serve", fmt.Sprint("-observe=", o.observe))
	child.Stderr = os.Stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		return r, err
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := child.Start(); err != nil {
		return r, err
	}
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		r, err = load(ctx, strings.TrimSpace(addr), o)
	}
	stdin.Close()
	err = errors.Join(err, child.Wait())
	if usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.resident = usage.Maxrss << 10
	}
	r.server = child.ProcessState.UserTime() + child.ProcessState.SystemTime()
	return r, err
}

// load is the work of the clients.
func load(ctx context.Context, addr string, o options) (r result, err error) {
	chats, err := dial(addr)
	if err != nil {
		return r, err
	}
	defer chats.Close()
	calls, err := dial(addr)
	if err != nil {
		return r, err
	}
	defer calls.Close()
	var (
		messages         atomic.Int64
		streams, answers atomic.Int64
		open             sync.WaitGroup // all streams are there at the same time
		done             sync.WaitGroup
		faults           = make(chan error, o.streams+o.calls)
	)
	start := time.Now()
	end := make(chan struct{})
	open.Add(o.streams)
	for i := range o.streams {
		done.Go(func() {
			n, err := chatter(ctx, chats, &open, end, rand.New(rand.NewPCG(uint64(i), 1)))
			messages.Add(n)
			if err != nil {
				faults <- fmt.Errorf("stream %d, after %d messages: %w", i, n, err)
				return
			}
			streams.Add(1)
		})
	}
	for i := range o.calls {
		done.Go(func() {
			for rnd := rand.New(rand.NewPCG(uint64(i), 2)); !over(end); answers.Add(1) {
				if err := call(ctx, calls, rnd); err != nil {
					faults <- fmt.Errorf("call: %w", err)
					return
				}
			}
		})
	}
	open.Wait()
	select {
	case <-time.After(o.duration):
	case err = <-faults:
	case <-ctx.Done():
		err = ctx.Err()
	}
	close(end)
	done.Wait()
	close(faults)
	for fault := range faults {
		err = errors.Join(err, fault)
	}
	r.streams, r.calls = int(streams.Load()), int(answers.Load())
	r.messages, r.took = messages.Load(), time.Since(start)
	return r, err
}

func dial(addr string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

func over(end <-chan struct{}) bool {
	select {
	case <-end:
		return true
	default:
		return false
	}
}

// begin opens a stream.
func begin(ctx context.Context, cc *grpc.ClientConn) (grpc.ClientStream, error) {
	desc := &grpc.StreamDesc{StreamName: "Chat", ServerStreams: true, ClientStreams: true}
	return cc.NewStream(ctx, desc, "/echo.Echo/Chat", grpc.ForceCodecV2(raw{}))
}

// random is a message.
func random(rnd *rand.Rand) []byte {
	return bytes.Repeat([]byte{byte(rnd.Uint32())}, rnd.IntN(1<<rnd.IntN(12)))
}

// chatter sends messages and receives them, several at a time, until the end, and
// looks at the status and the trailers.
func chatter(ctx context.Context, cc *grpc.ClientConn, open *sync.WaitGroup, end <-chan struct{}, rnd *rand.Rand) (n int64, err error) {
	st, err := begin(ctx, cc)
	if err == nil {
		_, err = st.Header() // it is there, and served
	}
	open.Done()
	if err != nil {
		return 0, err
	}
	open.Wait()
	for !over(end) {
		var batch [][]byte
		for range 1 + rnd.IntN(4) {
			batch = append(batch, random(rnd))
		}
		for _, m := range batch {
			if err := st.SendMsg(m); err != nil {
				return n, fmt.Errorf("sending: %w, %v", err, st.RecvMsg(new([]byte)))
			}
		}
		for _, m := range batch {
			if err := want(st, m); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, finish(st, n)
}

// call sends one message on a stream of its own.
func call(ctx context.Context, cc *grpc.ClientConn, rnd *rand.Rand) error {
	st, err := begin(ctx, cc)
	if err != nil {
		return err
	}
	m := random(rnd)
	if err := st.SendMsg(m); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	if err := want(st, m); err != nil {
		return err
	}
	return finish(st, 1)
}

func want(st grpc.ClientStream, m []byte) error {
	var got []byte
	if err := st.RecvMsg(&got); err != nil {
		return fmt.Errorf("receiving: %w", err)
	}
	if !bytes.Equal(got, m) {
		return fmt.Errorf("a message of %d bytes came back as another one, of %d", len(m), len(got))
	}
	return nil
}

// finish ends the client's direction, and wants a good status and the count.
func finish(st grpc.ClientStream, n int64) error {
	if err := st.CloseSend(); err != nil {
		return err
	}
	if err := st.RecvMsg(new([]byte)); err != io.EOF {
		return fmt.Errorf("at the end: %w, want a good status", err)
	}
	if got := st.Trailer()["x-messages"]; len(got) != 1 || got[0] != fmt.Sprint(n) {
		return fmt.Errorf("trailer x-messages %q, want %d; all: %v", got, n, metadata.MD(st.Trailer()))
	}
	return nil
}
