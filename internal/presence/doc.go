// Package presence asks whether Secrets are there, in the namespaces in which the administrator lets the operator ask (edge.secretNamespaces). It asks
// for their metadata only, so what Secrets hold never reaches the operator.
//
// There is no power to list or watch Secrets, so they are asked about one by one: what is missing soon again, what is there every ten minutes. Until an
// answer is there nothing is known.
package presence
