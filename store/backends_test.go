package store

func backends() []backend {
	return []backend{boltBackend()}
}
