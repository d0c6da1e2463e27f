/** SV1 firmware as scripts that say and expect exactly what the machines do, each at a gateway and a pool that re-hashes. */
package sluice.endtoend.firmware;
