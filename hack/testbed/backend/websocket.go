package backend

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 proves nothing with it
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
)

// WebSocketAccept is the answer to the key of a WebSocket's handshake (RFC 6455, 1.3).
func WebSocketAccept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
	return base64.StdEncoding.EncodeToString(sum[:])
}

// echo accepts a WebSocket and sends back every byte that comes over it, until the client ends it.
func echo(w http.ResponseWriter, request *http.Request) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	if err := accept(buffered.Writer, w.Header(), request); err != nil {
		return // the client is gone
	}
	_, _ = io.Copy(conn, io.MultiReader(io.LimitReader(buffered, int64(buffered.Reader.Buffered())), conn)) // it ends with the client
}

func accept(to *bufio.Writer, headers http.Header, request *http.Request) error {
	fmt.Fprint(to, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
	fmt.Fprintf(to, "Sec-WebSocket-Accept: %s\r\n", WebSocketAccept(request.Header.Get("Sec-WebSocket-Key")))
	if err := headers.Write(to); err != nil {
		return err
	}
	fmt.Fprint(to, "\r\n")
	return to.Flush()
}
