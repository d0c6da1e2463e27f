/** What the wire says; this package holds the one value type that all of it shares. */
package sluice.protocol;
