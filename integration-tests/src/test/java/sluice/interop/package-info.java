/** Programs of the reference implementation against our ports; run by {@code mvn verify -Pinterop}. */
package sluice.interop;
