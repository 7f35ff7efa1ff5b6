//go:build programs

// Package programs names coredns, so that go.sum pins it.
package programs

import _ "github.com/coredns/coredns"
