package main

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
)

// archive writes the program and its papers in one folder, as a tar of gzip.
func (r *release) archive(path, _, program string, papers []paper) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	zip, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(zip)
	folder := "headstart-" + r.version + "/"
	if err := r.add(w, folder+"headstart", program, 0o755); err != nil {
		return err
	}
	for _, p := range papers {
		if p.inside == "" {
			continue
		}
		if err := r.add(w, folder+p.inside, p.source, 0o644); err != nil {
			return err
		}
	}
	for _, c := range []io.Closer{w, zip, f} {
		if err := c.Close(); err != nil {
			return err
		}
	}
	return nil
}

// add puts a file into w, of root and of the commit's day.
func (r *release) add(w *tar.Writer, name, source string, mode int64) error {
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	head := tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: info.Size(), ModTime: r.day, Uname: "root", Gname: "root", Format: tar.FormatUSTAR}
	if err := w.WriteHeader(&head); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}
