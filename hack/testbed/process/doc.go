// Package process runs servers that cannot outlive the program that started them: not after an orderly stop, not after
// a crash, not after kill -9.
package process
