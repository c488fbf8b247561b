output "api" {
  value = "https://${aws_lb.api.dns_name}/"
}

output "assets" {
  value = aws_cloudfront_distribution.assets.domain_name
}
