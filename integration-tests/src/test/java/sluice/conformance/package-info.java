/** Holds the tests to the rules of the specification: each rule that is listed has a test that carries its number. */
package sluice.conformance;
