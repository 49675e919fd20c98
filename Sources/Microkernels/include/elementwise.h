// Loops of training and inference over float rows. Shapes and formulas: the Swift file in Kernel/Ops
// that calls each; every loop has a naive twin in KernelTests/Ops.
#pragma once
#include <stddef.h>
#include <stdint.h>

void mk_add(float *y, const float *a, const float *b, size_t n);
/// y += a · x
void mk_axpy(float *y, float a, const float *x, size_t n);
void mk_scale(float *y, float a, size_t n);
/// Σ x² in double precision.
double mk_sum(const float *x, size_t n);
double mk_sum_squares(const float *x, size_t n);
float mk_dot(const float *a, const float *b, size_t n);

/// One row: y = x · gain / rms(x); returns 1 / rms(x).
float mk_rms_norm(const float *x, const float *gain, float *y, size_t n, float epsilon);
/// One row: dx (+)= gradient of the norm; d_gain += dy · x / rms when not NULL.
void mk_rms_norm_backward(const float *dy, const float *x, const float *gain, float inverse_rms, float *dx,
                          float *d_gain, size_t n, int accumulate);
/// Rotates the halves of each head of one row by the angles whose cosine and sine are given (half each).
/// direction is +1 forward and −1 backward.
void mk_rotary(float *x, const float *cosine, const float *sine, size_t heads, size_t half, float direction);

/// y = silu(gate) · up
void mk_silu_mul(const float *gate, const float *up, float *y, size_t n);
/// d_gate and d_up of y = silu(gate) · up.
void mk_silu_mul_backward(const float *gate, const float *up, const float *dy, float *d_gate, float *d_up,
                          size_t n);

/// y = gelu(gate) · up, gelu in its approximation by tanh.
void mk_gelu_mul(const float *gate, const float *up, float *y, size_t n);
/// d_gate and d_up of y = gelu(gate) · up.
void mk_gelu_mul_backward(const float *gate, const float *up, const float *dy, float *d_gate, float *d_up,
                          size_t n);

/// y ← y · x, element by element
void mk_multiply(float *y, const float *x, size_t n);
/// s ← cap · tanh(scale · s / cap); slope ← 1 − tanh² unless NULL.
void mk_soft_cap(float *s, float *slope, size_t n, float scale, float cap);

/// s ← softmax(scale · s)
void mk_softmax(float *s, size_t n, float scale);
/// dp ← p · (dp − delta) · scale
void mk_softmax_backward(float *dp, const float *p, float delta, float scale, size_t n);
/// logsumexp of one row.
double mk_logsumexp(const float *x, size_t n);
/// logits ← softmax(logits) · scale, given its logsumexp.
void mk_softmax_scaled(float *logits, double logsumexp, float scale, size_t n);
/// How far p = softmax(z / T) is from q = softmax(t / T), in nats, with 1 / T given: the divergence
/// β KL(q ‖ m) + (1 − β) KL(p ‖ m) with m = β q + (1 − β) p; KL(q ‖ p) for β = 0 and KL(p ‖ q) for β = 1.
/// Unless gradient is NULL, it gets scale times the derivative by z / T; it may be t.
double mk_divergence(const float *z, const float *t, float *gradient, size_t n, float inverse_temperature, float beta,
                     float scale);
/// Index of the first largest element.
size_t mk_argmax(const float *x, size_t n);

/// One AdamW step (arXiv 1711.05101, as torch.optim.AdamW): gradients are multiplied by g_scale first.
void mk_adamw(float *p, const float *g, float *m, float *v, size_t n, float g_scale, float rate, float beta1,
              float beta2, float epsilon, float decay, float correction1, float correction2);
/// One SGD step with momentum (torch.optim.SGD, dampening 0): buffer ← momentum · buffer + g.
void mk_sgd(float *p, const float *g, float *buffer, size_t n, float g_scale, float rate, float momentum,
            float decay, int first);
/// One Lion step (arXiv 2302.06675): p ← p · (1 − rate · decay) − rate · sign(beta1 · m + (1 − beta1) · g), then
/// m ← beta2 · m + (1 − beta2) · g; the sign of 0 is 0.
void mk_lion(float *p, const float *g, float *m, size_t n, float g_scale, float rate, float beta1, float beta2,
             float decay);

/// y = x · mask / (1 − p), with the mask a pure function of (key, element index).
void mk_dropout(const float *x, float *y, size_t n, uint64_t key, uint64_t first, float p, int accumulate);
/// y += scale · u with u uniform in [−1, 1), a pure function of (key, element index).
void mk_add_uniform(float *y, size_t n, uint64_t key, uint64_t first, float scale);
