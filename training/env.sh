# Source this: sets PYTHON, and makes PyTorch use OpenBLAS (Debian's default BLAS is 30 times slower here).
PYTHON=${PYTHON:-/usr/bin/python3}
_openblas=$(ls /usr/lib/*/openblas-openmp/libopenblas.so.0 2>/dev/null | head -n 1)
if [ -n "$_openblas" ]; then export LD_PRELOAD=$_openblas; fi
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)} PYTHONDONTWRITEBYTECODE=1
# A machine shared with other work: a thread that waits should sleep.  Big tensors: glibc should keep their pages (-8 % time).
export OMP_WAIT_POLICY=passive MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=20000000000 MALLOC_TOP_PAD_=268435456
