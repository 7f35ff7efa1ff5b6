//go:build programs

// Package programs names etcd, so that go.sum pins it.
package programs

import _ "go.etcd.io/etcd/server/v3"
