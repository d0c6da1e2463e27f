/** Programs of the reference implementation against our ports, and ours against a real node; run by {@code mvn verify -Pinterop}. */
package sluice.interop;
