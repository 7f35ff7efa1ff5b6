//go:build programs

// Package programs names helm, so that go.sum pins it.
package programs

import _ "helm.sh/helm/v4/cmd/helm"
